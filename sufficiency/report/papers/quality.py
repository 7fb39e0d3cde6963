"""Limits of use, and the statement of quality assurance in the terms of the AQuA Book."""

from __future__ import annotations

from sufficiency.experiment.run import Run
from sufficiency.places.gap import leans_on_area_shares
from sufficiency.report.papers.content import Column, Points, Section, Table
from sufficiency.report.validation import points, read
from sufficiency.scenario.differences import differences
from sufficiency.scenario.library import DEFAULT_SCENARIO, bundled, load
from sufficiency.scenario.scenario import Scenario

VALIDATIONS = {
    "replay-2020": ("Assessment pathway of Bristol, month by month from 2020", {"version": "calibrated"}),
    "placements": ("Headcounts, independent placements and the waiting list", {}),
    "reconcile": ("The scenario of January 2022 and what was published later", {"scenario": "bristol-2022"}),
}
"""Result files of :mod:`~sufficiency.report.validation` in which published figures stand beside bands of 9 in 10 futures."""
ROLES = (
    ("Commissioner (senior responsible officer)", "Not named in the program: the council writes the name here."),
    ("Analyst", "Not named in the program: whoever made this paper writes the name here."),
    ("Analytical assurer", "Not named in the program: somebody who did not make this paper."),
)


def limits_section(run: Run, *, illustrative: bool) -> Section:
    """What this paper should not be used for."""
    items = [
        "It is a simulation of assumptions, not a forecast that somebody vouches for: bands leave out errors of the model "
        "itself, and in past years held fewer published figures than they claim (see the statement of quality assurance).",
        "No band contains a change of law, of funding rules or of the organisation of schools.",
        "It must not be used to decide about a single child or to judge a single school.",
        "Figures are estimates to the nearest 5; differences smaller than that mean nothing.",
        "The public sector equality duty cannot be met by these tables alone.",
    ]
    if leans_on_area_shares(run):
        items.append("Figures for single areas rest on assumed area shares: put your own in before deciding where to build.")
    if illustrative:
        items.append("The bids are illustrative: the choice among them shows the method and is no recommendation.")
    if run.futures < 100:
        items.append(
            f"Only {run.futures} futures were simulated: for a decision ask for 100 or more, since ends of ranges are rough."
        )
    answer = "It shows what follows from stated assumptions. Decisions stay with the council."
    return Section("What must this not be used for?", answer, (Points(tuple(items)),))


def quality_section(scenario: Scenario) -> Section:
    """Roles, verification, validation, decision log and what has not been done."""
    columns = (
        Column("Validation", "What was compared with published figures."),
        Column("Inside", "Published figures inside the band that should hold 9 in 10."),
        Column("How", "Command, date, number of futures and seed with which it was measured."),
    )
    rows = []
    for name, (words, limited) in VALIDATIONS.items():
        if (result := read(name)) is None:
            continue
        found = [point for point in points(result.limited(**limited)) if point.use == "validate"]
        about = result.about
        how = (
            f"{about['command']}; {about['date']}; {about.get('futures', 'unknown')} futures; seed {about.get('seed', 'unknown')}"
        )
        rows.append((words, f"{sum(point.inside for point in found)} of {len(found)}", how))
    roles = Table(
        "roles", "Roles", (Column("Role", "Role in the AQuA Book."), Column("Who", "Who holds it.")), ROLES,
        "The AQuA Book asks for three roles held by different people.",
    )  # fmt: skip
    answer = "No independent assurance of this paper has been carried out. What follows is what the makers of the model tested."
    blocks = (
        roles,
        "Verification (is the model built right?): every change of the program is tested for conservation of children, places "
        "and money, for pairing by seed, for queues against queueing theory, and for the shortlist against brute force and a "
        "second solver. The tests are part of the program and can be run by anybody (make test).",
        "Validation (is it the right model?): published figures that were not used to set it, against bands of 9 in 10 futures.",
        Table(
            "validations", "Validations", columns, tuple(rows), "Bands that hold fewer than 9 in 10 are too narrow: read them so."
        ),
        "Uncertainty: ranges of assumptions are drawn once a future and carried through the whole chain; the order of importance "
        "of single assumptions is on the Money and Places pages of the app.",
        *_decisions(scenario),
        "Fitness for purpose: for comparing options under the same assumptions. Not for a budget figure to the pound, and not "
        "for single areas before the council's own shares are put in.",
    )
    return Section("How has its quality been assured?", answer, blocks)


def _decisions(scenario: Scenario) -> tuple[str | Table, ...]:
    """The decision log: what differs from the bundled scenario that this one is based on."""
    name = scenario.name if bundled().get(scenario.name) == "scenario" else DEFAULT_SCENARIO
    base = load(name)
    if base.areas.keys() != scenario.areas.keys():
        return ("Decision log: the scenario is the council's own; its differences from a bundled one were not listed.",)
    found = [one for one in differences(base, scenario) if not one.path.endswith((".source", ".known_from", ".verified"))]
    if not found:
        return (f"Decision log: the scenario is the bundled “{base.title}”, unchanged.",)
    columns = (
        Column("What", "The figure or choice that was changed."),
        Column("Before", f"As in the bundled scenario “{base.title}”."),
        Column("Now", "As in this paper."),
    )
    rows = tuple((f"{one.meaning.rstrip('.')} [{one.path}]", str(one.before), str(one.after)) for one in found)
    words = f"Decision log: {len(rows)} entries differ from the bundled scenario “{base.title}”."
    return words, Table("decisions", "What was changed", columns, rows)
