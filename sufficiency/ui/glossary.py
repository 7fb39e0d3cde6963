"""Abbreviations and words of the field, in plain words."""

from __future__ import annotations

import re
from html import escape

import streamlit as st

WORDS = {
    "EHCP": "Education, health and care plan: the legal document that says what support a child must get. Here: a plan.",
    "EHCNA": "Education, health and care needs assessment: what a parent or school requests. Here: a request.",
    "DSG": "Dedicated Schools Grant: the government's grant for schools. Its high-needs block pays for special-needs provision.",
    "EoI": "Expression of interest: a school's or trust's offer to open specialist places. Here: a bid.",
    "Specialist place": "A place in a SEN unit or resourced provision, a state special school or an independent special school.",
    "SEN": "Special educational needs.",
    "Resourced provision": "Places for children with plans within a mainstream school.",
    "Waiting": "A child with a plan who needs a specialist place and has none yet.",
    "Gap (all)": "Children who need a specialist place, less state places for residents. Independent placements count as unmet.",
    "Gap (waiting)": "Children who wait for a specialist place.",
    "January census": "The count of plans in force that every council makes each January for the Department for Education (DfE).",
    "20-week share": "Of the plans issued in a year, those final within 20 weeks of the request, as the Department for Education "
    "(DfE) counts them; without exceptions it leaves out cases with an allowed reason for delay.",
    "Backlog": "Cases that have waited longer than the allocation meeting's limit; it reserves a share of capacity for them.",
    "Educational psychologist": "Writes the advice that every assessment needs and that is scarce.",
    "Published": "A figure that the Department for Education (DfE) or the council has made public.",
    "Shapley value": "What one of several interventions that overlap is worth: its saving averaged over every order in which "
    "they could be switched on. The values sum to the whole.",
    "Net present value": "Savings less costs over the years simulated, without inflation, and with later years counting 3.5 % "
    "less for each year, as the Treasury's Green Book asks.",
    "Future": "One simulated course of events. Each draws growth, delays and unpublished figures afresh.",
    "8 in 10 futures": "The range that leaves out the lowest tenth and the highest tenth of the futures.",
    "ASD": "Autism: autistic spectrum disorder.",
    "MLD": "Moderate learning difficulty.",
    "PMLD": "Profound and multiple learning difficulty.",
    "SEMH": "Social, emotional and mental health.",
    "SLCN": "Speech, language and communication needs.",
    "SLD": "Severe learning difficulty.",
    "SPLD": "Specific learning difficulty.",
}


LETTERS = tuple(word for word in WORDS if re.fullmatch(r"[A-Z]{2,}|EoI", word))
"""Those that are abbreviations."""
NEEDS = ("ASD", "MLD", "PMLD", "SEMH", "SLCN", "SLD", "SPLD")
"""Those of primary needs, for pages that name these."""


def needs_in_words() -> str:
    """The abbreviations of needs spelt out, for pages whose tables name needs by them."""
    return "Needs are abbreviated: " + "; ".join(f"{need} ({WORDS[need].rstrip('.')})" for need in NEEDS) + "."


def anchor(word: str) -> str:
    """Where on the page a word is explained."""
    return "word-" + re.sub(r"[^a-z0-9]+", "-", word.lower()).strip("-")


def linked(text: str, *words: str) -> str:
    """The text with the first occurrence of each of ``words`` (or of its plural) leading to where it is explained on the page.

    For texts of our own on pages whose glossary has these words; the first letter may be small. "Gap (all)" is found as "gap",
    "8 in 10 futures" as "8 of 10 futures" too.
    """
    longest_first = sorted(words, key=len, reverse=True)  # "8 of 10 futures" is one link, not one around that of "futures"
    forms = "|".join(rf"(\b{_form(word)}s?\b)" for word in longest_first)
    linked_before: set[str] = set()

    def link(found: re.Match[str]) -> str:
        word = longest_first[(found.lastindex or 1) - 1]
        if word in linked_before:
            return found[0]
        linked_before.add(word)
        return f"[{found[0]}](#{anchor(word)})"

    return re.sub(forms, link, text)


def _form(word: str) -> str:
    """The pattern by which a word is found in a sentence."""
    name = word.partition(" (")[0]
    first = f"[{name[0].upper()}{name[0].lower()}]" if word not in LETTERS else name[0]
    return first + re.escape(name[1:]).replace(r"\ in\ ", " (?:in|of) ")


_DT, _DD = 'style="font-weight: 600; margin: 0"', 'style="margin: 0 0 0.5rem"'


def glossary(*words: str) -> None:
    """``words`` (all where none is named) explained in a list, so that links lead to each."""
    st.header("What the words mean", anchor=False)
    entries = (
        f'<dt id="{anchor(word)}" {_DT}>{escape(word)}</dt><dd {_DD}>{escape(WORDS[word])}</dd>' for word in words or WORDS
    )
    st.html(f'<dl style="margin: 0">{"".join(entries)}</dl>')
