"""Signing in, where it is set up: the page that asks for it, who is signed in, and the way out."""

from __future__ import annotations

import time

import streamlit as st

from sufficiency.ui import sign_in_setting
from sufficiency.ui.formats import plain
from sufficiency.ui.sign_in_redirects import OUTCOME, REFUSED, UNREACHABLE

LONGEST = 12 * 3600
"""Seconds that a sign-in holds: a working day. The cookie alone would hold for 30 days, also for somebody who has left."""
LONGEST_NAME = 200

_WORDS = {
    REFUSED: "**You are not signed in.** The answer of the sign-in service was refused: it was cancelled, has expired, or could "
    "not be verified. Sign in again; if that does not help, tell those who run this app, whose log has the reason.",
    UNREACHABLE: "**The sign-in service does not answer.** Try again in some minutes; if that does not help, tell those who run "
    "this app, whose log has the reason.",
}


def is_missing() -> bool:
    """Whether this session must sign in before it is shown anything."""
    return sign_in_setting.is_wanted() and not (st.user.get("is_logged_in") and _is_recent())


def name() -> str:
    """The name of the person signed in; empty where people do not sign in."""
    return str(next(filter(None, (st.user.get(claim) for claim in ("name", "email", "preferred_username"))), ""))[:LONGEST_NAME]


def ask() -> None:
    """The page that asks to sign in: one button, and what went wrong where something did."""
    st.title("Sign in to go on", anchor=False)
    if trouble := sign_in_setting.trouble():
        st.error(f"**Nobody can sign in yet.** For those who run this app: {plain(trouble)}")
        return
    if words := _WORDS.get(st.query_params.get(OUTCOME, "")):
        st.error(words)
    elif st.user.get("is_logged_in"):
        st.info(f"Your sign-in is more than {LONGEST // 3600} hours old. What you changed is kept as a draft.")
    st.markdown(
        "This is your council's planner for specialist SEND places. Use your council account: the button leads to its "
        "sign-in service and back. Your name will stand on the versions that you save."
    )
    st.button("Sign in", type="primary", on_click=st.login)


def who() -> None:
    """Who is signed in, with the way out; nothing where people do not sign in."""
    if not sign_in_setting.is_wanted():
        return
    if OUTCOME in st.query_params:
        del st.query_params[OUTCOME]
    with st.container(horizontal=True, horizontal_alignment="right", vertical_alignment="center"):
        st.text(f"Signed in as {name() or 'somebody without a name'}", width="content")
        st.button("Sign out", on_click=st.logout)


def _is_recent() -> bool:
    """Whether the identity token was issued within :data:`LONGEST`; one that does not say when was not (OIDC Core, section 2)."""
    issued = st.user.get("iat")
    return isinstance(issued, int | float) and time.time() - issued <= LONGEST
