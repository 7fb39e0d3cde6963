"""Dictionaries of the field: needs, settings, phases, DSG categories, SCAP and provision types, ages, as data in one place.

Codes are the Department for Education's where it has one. ``order`` is the order in which tables show them; arrays use the
same order, so ``NEEDS.index("ASD")`` is a position on the need axis of every result.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Entry:
    """One word of a dictionary: its code, the label people read, and its definition."""

    code: str
    label: str
    definition: str


@dataclass(frozen=True)
class Dictionary:
    """An ordered set of entries with distinct codes."""

    name: str
    entries: tuple[Entry, ...]
    _positions: dict[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_positions", {entry.code: i for i, entry in enumerate(self.entries)})
        if len(self._positions) != len(self.entries):
            raise ValueError(f"{self.name}: duplicate codes")

    def __len__(self) -> int:
        return len(self.entries)

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries)

    def __contains__(self, code: object) -> bool:
        return code in self._positions

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes in their order."""
        return tuple(entry.code for entry in self.entries)

    def index(self, code: str) -> int:
        """Position of ``code`` (KeyError where it is unknown)."""
        return self._positions[code]

    def label(self, code: str) -> str:
        """The words people read for ``code`` (KeyError where it is unknown)."""
        return self.entries[self._positions[code]].label


def _dictionary(name: str, *rows: tuple[str, str, str]) -> Dictionary:
    return Dictionary(name, tuple(Entry(*row) for row in rows))


NEEDS = _dictionary(
    "need",
    ("ASD", "Autistic spectrum disorder", "Primary need: autistic spectrum disorder (DfE SEN type ASD)."),
    ("HI", "Hearing impairment", "Primary need: hearing impairment (DfE SEN type HI)."),
    ("MLD", "Moderate learning difficulty", "Primary need: moderate learning difficulty (DfE SEN type MLD)."),
    ("MSI", "Multi-sensory impairment", "Primary need: multi-sensory impairment (DfE SEN type MSI)."),
    ("OTH", "Other difficulty", "Primary need: other difficulty or disability; Down syndrome (DS) is counted here."),
    ("PD", "Physical disability", "Primary need: physical disability (DfE SEN type PD)."),
    ("PMLD", "Profound and multiple learning difficulty", "Primary need: PMLD (DfE SEN type PMLD)."),
    ("SEMH", "Social, emotional and mental health", "Primary need: social, emotional and mental health (SEMH)."),
    ("SLCN", "Speech, language and communication", "Primary need: speech, language and communication (SLCN)."),
    ("SLD", "Severe learning difficulty", "Primary need: severe learning difficulty (DfE SEN type SLD)."),
    ("SPLD", "Specific learning difficulty", "Primary need: specific learning difficulty (DfE SEN type SPLD)."),
    ("VI", "Visual impairment", "Primary need: visual impairment (DfE SEN type VI)."),
)

NEED_GROUPS = _dictionary(
    "need group",
    ("autism", "Autism (ASD)", "Autistic spectrum disorder."),
    ("semh", "Social, emotional and mental health (SEMH)", "Social, emotional and mental health."),
    ("slcn", "Speech, language and communication (SLCN)", "Speech, language and communication needs."),
    ("learning", "Learning difficulties", "Moderate, severe, profound and multiple, and specific learning difficulties."),
    ("sensory_physical", "Sensory and physical", "Hearing, visual and multi-sensory impairment, and physical disability."),
    ("other", "Other difficulty", "Other difficulty or disability."),
)
"""Needs for which one provision is usually made: the four broad areas of the SEND Code of Practice (2015, 6.28 to 6.35), autism
and communication apart because schools offer places for the one or the other."""

NEEDS_OF_GROUP = {
    "autism": ("ASD",),
    "semh": ("SEMH",),
    "slcn": ("SLCN",),
    "learning": ("MLD", "SLD", "PMLD", "SPLD"),
    "sensory_physical": ("HI", "VI", "MSI", "PD"),
    "other": ("OTH",),
}
"""Primary needs of each group; every need is in exactly one."""

SETTINGS = _dictionary(
    "setting",
    ("mainstream", "Mainstream school", "A mainstream school or academy, without a SEN unit or resourced place."),
    ("resourced", "SEN unit or resourced", "A place in a SEN unit or resourced provision of a mainstream school."),
    ("special", "State special school", "A maintained special school, special academy or special free school."),
    ("independent", "Independent or non-maintained", "An independent or non-maintained special school."),
    ("alternative", "Alternative provision", "Alternative provision, pupil referral unit or hospital education."),
    ("further_education", "Further education", "Further education, sixth-form college or specialist post-16 institution."),
    ("early_years", "Early years", "An early years setting that is not a school."),
    ("elsewhere", "Elsewhere", "Education otherwise than at school, home educated, not in education, or other."),
)

SPECIALIST_SETTINGS = ("resourced", "special", "independent")
"""Settings in which a child holds a specialist place."""

PHASES = _dictionary(
    "phase",
    ("early_years", "Early years", "Before Reception: National Curriculum Year below 0."),
    ("primary", "Primary", "Reception to Year 6: National Curriculum Year 0 to 6."),
    ("secondary", "Secondary", "Years 7 to 11: National Curriculum Year 7 to 11."),
    ("post_16", "Post-16", "Year 12 and above, to the end of the year in which the person turns 25."),
)

DSG_CATEGORIES = _dictionary(
    "category",
    ("mainstream", "Mainstream schools or academies", "Top-ups in mainstream schools and early years settings."),
    ("resourced", "Resourced provision or SEN units", "Places and top-ups in SEN units and resourced provision."),
    ("special", "Maintained special schools or special academies", "Places and top-ups in state special schools."),
    ("independent", "Non-maintained or independent", "Fees of independent and non-maintained special schools."),
    ("alternative", "Hospital schools or alternative provision", "Places and top-ups in AP, PRU and hospital education."),
    ("post_16", "Post-16 and further education", "Places and top-ups in further education and post-16 institutions."),
    ("other", "Other or direct payments", "Everything else: elsewhere, direct payments, therapies, support services."),
)

CATEGORY_OF_SETTING = {
    "mainstream": "mainstream",
    "resourced": "resourced",
    "special": "special",
    "independent": "independent",
    "alternative": "alternative",
    "further_education": "post_16",
    "early_years": "mainstream",
    "elsewhere": "other",
}
"""The DSG management plan category in which a setting's pupils are counted."""

SCAP_TYPES = _dictionary(
    "scap_type",
    ("UR", "Unit or resourced", "SEN unit or resourced provision (School Capacity survey)."),
    ("IN", "Independent", "Independent special school (School Capacity survey)."),
    ("SS", "State special", "State special school, with non-maintained special (School Capacity survey)."),
    ("AP", "Alternative provision", "Alternative provision (School Capacity survey)."),
)

SCAP_TYPE_OF_SETTING = {"resourced": "UR", "independent": "IN", "special": "SS", "alternative": "AP"}
"""The SCAP type in which a setting's pupils are counted; non-maintained special schools go from ``independent`` to SS."""

PROVISION_TYPES = _dictionary(
    "provision type",
    ("early_years", "Early years settings including PVIs", "Early years settings that are not schools, private ones too."),
    ("mainstream", "Mainstream schools or academies", "Mainstream schools to Year 11, without a base."),
    ("support_bases", "Support bases in mainstream", "Bases that a school or trust funds and commissions itself."),
    ("specialist_bases", "Specialist bases in mainstream", "SEN units and resourced provision to Year 11."),
    ("special", "Maintained special schools or special academies", "State special schools, special free schools too."),
    ("nmss_funded", "NMSS or independent, LA funded", "Non-maintained special and independent schools; the LA pays."),
    ("nmss_other", "NMSS or independent, other suitable arrangements", "The same schools, placed otherwise (by parents, say)."),
    ("alternative", "Alternative provision", "Alternative provision and pupil referral units."),
    ("mainstream_post_16", "Mainstream post-16", "Sixth forms of mainstream schools, sixth-form and further education colleges."),
    ("post_16_bases", "Mainstream post-16 specialist provision", "Bases in schools and colleges after Year 11."),
    ("specialist_post_16", "Specialist post-16 institutions", "Specialist post-16 institutions."),
    ("home_educated", "Elective home education", "Children whom their parents educate at home."),
    ("arranged", "Other arrangements by LA (EOTAS)", "Education otherwise than at school, arranged by the authority."),
    ("other", "Other (hospital schools, not in education)", "Hospital schools, not in education, not recorded, all else."),
)
"""Provision types of the Local SEND Reform Plan's table 6, in its order; plans are counted in exactly one."""

PROVISION_OF_SETTING = {
    "mainstream": ("mainstream", "mainstream_post_16"),
    "resourced": ("specialist_bases", "post_16_bases"),
    "special": ("special", "special"),
    "independent": ("nmss_funded", "nmss_funded"),
    "alternative": ("alternative", "alternative"),
    "further_education": ("mainstream_post_16", "mainstream_post_16"),
    "early_years": ("early_years", "early_years"),
    "elsewhere": ("other", "other"),
}
"""Provision type of a setting's pupils to Year 11 and after it, where no published share tells them apart further."""

AGE_GROUPS = _dictionary(
    "age group",
    ("under_5", "Under 5", "Under 5 years old."),
    ("5_to_10", "5 to 10", "5 to 10 years old."),
    ("11_to_15", "11 to 15", "11 to 15 years old."),
    ("16_to_19", "16 to 19", "16 to 19 years old."),
    ("20_to_25", "20 to 25", "20 to 25 years old."),
)
"""Age groups of published tables and returns; which National Curriculum Years they hold depends on the table."""

FIRST_NCY, LAST_NCY = -4, 20
"""National Curriculum Years of ages 0 to 24 on 31 August before the academic year (NCY = age - 4; Reception = 0)."""

PHASE_STARTS = (0, 7, 12)
"""NCY with which each phase after the first begins."""


def phase_of_ncy(ncy: int) -> str:
    """The phase code of a National Curriculum Year."""
    return PHASES.codes[sum(ncy >= start for start in PHASE_STARTS)]
