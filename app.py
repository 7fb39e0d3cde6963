"""The planner's app: ``streamlit run app.py``, or ``sufficiency app``."""

import streamlit as st
from starlette.middleware import Middleware

from sufficiency.ui.headers import SecurityHeaders
from sufficiency.ui.server import preloaded
from sufficiency.ui.sign_in_redirects import SignInRedirects

app = st.App("session.py", middleware=[Middleware(SecurityHeaders), Middleware(SignInRedirects)], lifespan=preloaded)
