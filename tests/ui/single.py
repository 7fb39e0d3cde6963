"""Each page on its own, as a function that ``AppTest.from_function`` takes: it runs the source of it alone."""

from __future__ import annotations


def assessment() -> None:
    from sufficiency.ui.pages.assessment import show

    show()


def bids() -> None:
    from sufficiency.ui.pages.bids import show

    show()


def demand() -> None:
    from sufficiency.ui.pages.demand import show

    show()


def evidence() -> None:
    from sufficiency.ui.pages.evidence import show

    show()


def money() -> None:
    from sufficiency.ui.pages.money import show

    show()


def papers() -> None:
    from sufficiency.ui.pages.papers import show

    show()


def places() -> None:
    from sufficiency.ui.pages.places import show

    show()


def scenarios() -> None:
    from sufficiency.ui.pages.scenarios import show

    show()


def shortlist() -> None:
    from sufficiency.ui.pages.shortlist import show

    show()
