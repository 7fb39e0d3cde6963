"""The planner's app: ``streamlit run app.py``, or ``sufficiency app``."""

import streamlit as st

# Worker processes import this file again under another name: only the app itself builds pages.
if __name__ == "__main__":
    from sufficiency.ui.navigation import pages

    st.set_page_config(page_title="sufficiency", layout="wide", initial_sidebar_state="collapsed")
    st.navigation(pages(), position="top").run()
