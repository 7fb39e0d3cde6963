"""What ``app.py`` runs for each session, anew with each thing a person does: the pages, and the bar that leads to them."""

# Worker processes import this file again under another name: only the app itself builds pages, and needs Streamlit.
if __name__ == "__main__":
    import streamlit as st

    from sufficiency.ui.navigation import pages

    page = st.navigation(pages(), position="top")
    # The page's own name comes first in the window's title: who has many windows open, or listens to it, needs no more.
    st.set_page_config(page_title=f"{page.title} - sufficiency", layout="wide", initial_sidebar_state="collapsed")
    page.run()
