"""Accessibility: the statement that the law asks for, as it stands in the documentation."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

STATEMENT = Path(__file__).resolve().parents[3] / "docs" / "accessibility.md"


def show() -> None:
    """The page."""
    title, _, text = STATEMENT.read_text(encoding="utf-8").partition("\n")
    st.title(title.lstrip("# "), anchor=False)
    st.markdown(text)
