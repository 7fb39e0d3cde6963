"""Small print. Streamlit's own captions are too faint to be read by everybody (contrast below 4.5 to 1)."""

from __future__ import annotations

import streamlit as st


def note(text: str) -> None:
    """A remark in small letters, in the colour of all text."""
    st.markdown(f":small[{text}]")
