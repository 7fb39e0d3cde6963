"""The limits of a shortlist as part of a scenario: written, read again, compared."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sufficiency.scenario.differences import differences
from sufficiency.scenario.library import parsed, validated
from sufficiency.scenario.scenario import Scenario
from sufficiency.scenario.writing import to_toml

FIGURE: dict[str, Any] = {"unit": "as said", "source": "test", "known_from": dt.date(2021, 9, 1), "verified": True}


def test_every_limit_is_written_and_read_again(bristol: Scenario) -> None:
    data = bristol.model_dump(mode="python")
    data["shortlist"] |= {
        "order": "in pounds",
        "invitation": {"needs": ["ASD"], "areas": ["south"], "settings": ["special"], "lowest_scores": {"outcomes": 50.0}},
        "caps": {"trust-a": {"of": "group", "name": "Trust A", "at_most": 2}, "all": {"of": "all", "exactly": 20}},
        "quality_weights": {"value": {"outcomes": 1.0}, **FIGURE},
        "capital_by_year": {"value": {"2023": 5e6}, **FIGURE},
        "construction_slots": {"value": 9, **FIGURE},
        "most_per_setting": {"value": 2, **FIGURE},
        "least_places": {"value": {"south": 20.0}, **FIGURE},
        "independent_places": {"value": 100, **FIGURE},
        "missing_place": {"value": 1e5, **FIGURE},
        "tail_weight": {"value": 0.3, **FIGURE},
        "tail_share": {"value": 0.2, **FIGURE},
    }
    scenario = validated(data, where="mine.toml")
    again = parsed(to_toml(scenario), where="again.toml")
    assert again == scenario
    assert again.digest == scenario.digest != bristol.digest
    assert "shortlist.caps.trust-a.at_most" in {found.path for found in differences(bristol, scenario)}
