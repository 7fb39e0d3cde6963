"""The words of the field: complete, distinct, in DfE's order, and consistent with one another."""

from __future__ import annotations

import pytest

from sufficiency.domain.dictionaries import (
    CATEGORY_OF_SETTING,
    DSG_CATEGORIES,
    FIRST_NCY,
    LAST_NCY,
    NEEDS,
    PHASES,
    SCAP_TYPES,
    SETTINGS,
    SPECIALIST_SETTINGS,
    Dictionary,
    Entry,
    phase_of_ncy,
)

ALL = (NEEDS, SETTINGS, PHASES, DSG_CATEGORIES, SCAP_TYPES)


def test_needs_are_the_dfe_codes_in_alphabetical_order() -> None:
    assert NEEDS.codes == ("ASD", "HI", "MLD", "MSI", "OTH", "PD", "PMLD", "SEMH", "SLCN", "SLD", "SPLD", "VI")


def test_settings_phases_categories_and_types_are_those_of_the_field() -> None:
    assert SETTINGS.codes[:4] == ("mainstream", "resourced", "special", "independent")
    assert len(SETTINGS) == 8
    assert PHASES.codes == ("early_years", "primary", "secondary", "post_16")
    assert len(DSG_CATEGORIES) == 7
    assert SCAP_TYPES.codes == ("UR", "IN", "SS", "AP")


@pytest.mark.parametrize("dictionary", ALL, ids=lambda d: d.name)
def test_an_index_is_a_position_and_each_entry_says_what_it_means(dictionary: Dictionary) -> None:
    for position, entry in enumerate(dictionary):
        assert dictionary.index(entry.code) == position
        assert dictionary.label(entry.code) == entry.label
        assert entry.code in dictionary
        assert entry.label
        assert len(entry.definition) > len(entry.code)
    assert "nothing like it" not in dictionary
    with pytest.raises(KeyError):
        dictionary.index("nothing like it")


def test_a_code_stands_once() -> None:
    with pytest.raises(ValueError, match="duplicate codes"):
        Dictionary("letter", (Entry("a", "A", "first"), Entry("a", "B", "second")))


def test_each_setting_has_one_dsg_category_and_specialist_ones_are_settings() -> None:
    assert set(CATEGORY_OF_SETTING) == set(SETTINGS.codes)
    assert set(CATEGORY_OF_SETTING.values()) == set(DSG_CATEGORIES.codes)
    assert set(SPECIALIST_SETTINGS) < set(SETTINGS.codes)


@pytest.mark.parametrize(
    ("ncy", "phase"),
    [
        (-4, "early_years"),
        (-1, "early_years"),
        (0, "primary"),
        (6, "primary"),
        (7, "secondary"),
        (11, "secondary"),
        (12, "post_16"),
        (20, "post_16"),
    ],
)
def test_phase_of_a_national_curriculum_year(ncy: int, phase: str) -> None:
    assert phase_of_ncy(ncy) == phase


def test_phases_come_in_order_and_each_occurs() -> None:
    phases = [phase_of_ncy(ncy) for ncy in range(FIRST_NCY, LAST_NCY + 1)]
    assert tuple(dict.fromkeys(phases)) == PHASES.codes
    assert phases == sorted(phases, key=PHASES.index)
