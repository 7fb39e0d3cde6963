"""Colours that keep their meaning on every page: colour-blind-safe, at most eight, and never the only sign."""

from __future__ import annotations

BLUE, ORANGE, GREEN, PINK, AMBER, SKY, OLIVE, GREY = (
    "#0072b2", "#d55e00", "#009e73", "#b5589a", "#bd7d00", "#3490c8", "#7d7a1f", "#767f82",
)  # fmt: skip

SERIES = {
    "Need": BLUE,
    "Places": ORANGE,
    "Gap": PINK,
    "Waiting": PINK,
    "Without interventions": ORANGE,
    "With interventions": BLUE,
    "With interventions and shortlist": GREEN,
    "Without the shortlist": ORANGE,
    "With the shortlist": GREEN,
    "Requests": BLUE,
    "Plans issued": GREEN,
    "Plans in force": PINK,
    "Without exceptions": BLUE,
    "With exceptions": AMBER,
    "Undecided requests": GREY,
    "Up to 20 weeks": SKY,
    "20 to 52 weeks": AMBER,
    "Over 52 weeks": ORANGE,
    "Mean": GREEN,
    "Median": BLUE,
    "9 in 10 plans": ORANGE,
    "Psychology advice": PINK,
    "Coordinators": BLUE,
    "Plan writers": AMBER,
    "As it is": ORANGE,
    "With the sliders": BLUE,
    "Without the pipeline": AMBER,
    "With the pipeline": BLUE,
    "With the chosen bids": GREEN,
    "Due as promised": GREY,
    "Placed here": GREEN,
    "Independent school": ORANGE,
    "School of another authority": SKY,
    "Left or plan ended": GREY,
    "Still waiting": PINK,
}
OPTIONS = (BLUE, ORANGE, GREEN, PINK, AMBER, SKY, OLIVE)
"""Colours of the options of a proposal, in its order."""

SPREAD = {
    "Area shares": ORANGE,
    "Capacities": AMBER,
    "Need and placement": PINK,
    "Other ranges": SKY,
    "Calibrated figures": GREEN,
    "Course of events": GREY,
}
"""What a spread is made of: assumptions first."""

SHORT, EVEN, SPARE = "#f2b077", "#f6f4ee", "#9fd3d8"
"""Cells of a heat map: places short, neither, places to spare; dark text is legible on all three."""
FEW, MANY = "#f3f5f7", "#8fbfe0"
"""Cells of a heat map of counts; dark text is legible on both."""
TOTAL, MORE, FEWER = GREY, ORANGE, BLUE
WORSE, BETTER = ORANGE, BLUE
"""Bars of a waterfall; their words carry the sign."""
ON_CELL = INK = "#1d2629"
INK_ON_DARK = "#e8edee"
