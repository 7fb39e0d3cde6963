"""Figures derived from the release and kept with the program: what stands in where an authority's own tables say nothing.

The figures are committed as ``panel_figures.toml``; ``sufficiency evidence`` derives them again from the tables. They are rates,
spreads and shares, not tables, and each says by its year which census it belongs to, so that nobody uses a later one unawares.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any

from sufficiency.domain.problem import InputProblem
from sufficiency.evidence.dfe.ages import WITHIN_PLANS, ceasing, single_years
from sufficiency.evidence.dfe.panel import LAG_WEEKS, learn
from sufficiency.evidence.dfe.published import ENGLAND, ByAge, Published

SOURCE = 'DfE, "Education, health and care plans" (Open Government Licence v3.0)'
COMMITTED = "panel_figures.toml"
_PARTS = 100_000
"""Shares are kept as whole parts of this many."""


def derive(published: Published) -> dict[str, Any]:
    """The figures of a release as nested tables: ``panel``, ``england``, ``plans_by_age`` and ``new_plans_by_age`` by year.

    Raises InputProblem where the tables count neither requests nor new plans nor plans: the priors alone are no evidence.
    """
    if not any(published.totals.get(measure) for measure in ("requests", "new_plans", "plans")):
        mend = "use the release as published: its tables hold a header only, or no totals"
        raise InputProblem("the release holds no counts of requests, new plans or plans", mend=mend)
    panel = learn(published)
    found: dict[str, Any] = {
        "panel": {
            "year_means": _years(panel.year_means),
            "growth": panel.growth,
            "national_sd": panel.national_sd,
            "spread": _years(panel.spread),
            "walk": panel.walk,
            "noise": panel.noise,
            "noise_100_to_300_requests": panel.noise_small,
            "reversion_once": panel.reversion_once,
            "reversion_yearly": panel.reversion_yearly,
            "lag_weeks": LAG_WEEKS,
            "plans_a_request": panel.plans_a_request,
            "ratio_persistence": panel.ratio_persistence,
            "ratio_sd": panel.ratio_sd,
            "leaving": panel.leaving,
            "leaving_persistence": panel.leaving_persistence,
            "leaving_sd": panel.leaving_sd,
        },
        "england": {
            "refused": _years(_ratios(published, "refused", "requests")),
            "not_issued": _years(_not_issued(published)),
            "new_plans_a_request": _years(_ratios(published, "new_plans", "requests")),
        },
        "plans_by_age": _shares_by_year(published, "plans"),
        "new_plans_by_age": _shares_by_year(published, "new_plans"),
        "requests_by_age": _shares_by_year(published, "requests"),
    }
    if published.ages("ceased", ENGLAND):
        chances = ceasing(published)
        held = sum((single_years(groups, WITHIN_PLANS) for groups in published.ages("plans", ENGLAND).values()), 0 * chances)
        found["england"]["ceasing_by_age"] = {str(a): float(c) for a, c in enumerate(chances) if held[a] > 0}
    rounded: dict[str, Any] = _rounded(found)
    return rounded


def _years(values: Mapping[int, float]) -> dict[str, float]:
    return {str(year): value for year, value in sorted(values.items())}


def _ratios(published: Published, of: str, over: str) -> dict[int, float]:
    above, below = published.series(of, ENGLAND), published.series(over, ENGLAND)
    return {year: above[year] / below[year] for year in above if below.get(year)}


def _not_issued(published: Published) -> dict[int, float]:
    """Share of assessments completed in the year that ended without a plan."""
    without = published.series("not_issued", ENGLAND)
    issued = published.series("new_plans", ENGLAND) | published.series("issued", ENGLAND)
    return {year: without[year] / (without[year] + issued[year]) for year in without if issued.get(year)}


def _shares_by_year(published: Published, measure: str) -> dict[str, dict[str, float]]:
    found = {}
    for year, groups in sorted(published.ages(measure, ENGLAND).items()):
        total = sum(groups.values())
        if total:
            found[str(year)] = {f"{first}-{last}": count / total for (first, last), count in sorted(groups.items())}
    return found


def _rounded(node: Any) -> Any:
    if isinstance(node, dict):
        return {key: _rounded(value) for key, value in node.items()}
    return round(node, 5) if isinstance(node, float) else node


def as_toml(figures: Mapping[str, Any], *, release: str, through: int, derived_on: str) -> str:
    """The committed file's text: the figures with their source, release and date."""
    lines = [
        "# Figures derived from the release by `sufficiency evidence`: rates, spreads and shares, no tables.",
        "# Logarithms a year for growth and spreads; shares of the total by first and last age otherwise.",
        f"source = '{SOURCE}'",
        f'release = "{_plain(release)}"',
        f"through = {through}  # the last January census in it",
        f"derived_on = {derived_on}",
    ]
    for section, entries in figures.items():
        tables = {key: value for key, value in entries.items() if isinstance(value, dict)}
        lines += ["", f"[{section}]", *(f"{key} = {value}" for key, value in entries.items() if key not in tables)]
        lines += [f"{key} = {{ {', '.join(f'{_key(k)} = {v}' for k, v in table.items())} }}" for key, table in tables.items()]
    return "\n".join(lines) + "\n"


def _plain(text: str) -> str:
    return "".join(c for c in text if c.isprintable() and c not in '"\\')


def _key(key: str) -> str:
    return key if key.isdigit() else f'"{key}"'


@lru_cache(maxsize=1)
def committed() -> dict[str, Any]:
    """The committed figures."""
    return tomllib.loads((files(__package__) / COMMITTED).read_text("utf-8"))


def standing_in(census: int) -> dict[str, ByAge]:
    """England's plans and new plans by age group as parts of 100,000, of the latest year counted by January ``census``.

    A measure is left out where the committed figures hold no year as early.
    """
    found: dict[str, ByAge] = {}
    for measure, last in (("plans", census), ("new_plans", census - 1)):
        by_year = committed()[f"{measure}_by_age"]
        years = [year for year in by_year if int(year) <= last]
        if years:
            shares: Mapping[str, float] = by_year[max(years, key=int)]
            found[measure] = {_ages(group): round(share * _PARTS) for group, share in shares.items()}
    return found


def _ages(group: str) -> tuple[int, int]:
    first, last = group.split("-")
    return int(first), int(last)
