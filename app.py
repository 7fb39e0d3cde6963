"""The planner's app: ``streamlit run app.py``, or ``sufficiency app``."""

import streamlit as st
from starlette.middleware import Middleware

from sufficiency.ui.headers import SecurityHeaders
from sufficiency.ui.origins import OwnPagesOnly
from sufficiency.ui.server import preloaded
from sufficiency.ui.sign_in_redirects import SignInRedirects

around = [Middleware(SecurityHeaders), Middleware(OwnPagesOnly), Middleware(SignInRedirects)]  # the outermost first
app = st.App("session.py", middleware=around, lifespan=preloaded)
