"""What ``app.py`` runs for each session, anew with each thing a person does: the pages, and the bar that leads to them."""

# Worker processes import this file again under another name: only the app itself builds pages, and needs Streamlit.
if __name__ == "__main__":
    import streamlit as st

    from sufficiency.ui import sign_in
    from sufficiency.ui.navigation import middle, pages

    missing = sign_in.is_missing()
    page = st.navigation(pages(), position="hidden" if missing else "top")
    # The page's own name comes first in the window's title: who has many windows open, or listens to it, needs no more.
    title = "Sign in" if missing else page.title
    st.set_page_config(page_title=f"{title} - sufficiency", layout="wide", initial_sidebar_state="collapsed")
    if missing:  # before any page's code runs
        with middle():
            sign_in.ask()
    else:
        page.run()
