"""The planner's app: ``streamlit run app.py``, or ``sufficiency app``."""

import streamlit as st
from starlette.middleware import Middleware

from sufficiency.ui.headers import SecurityHeaders
from sufficiency.ui.server import preloaded

app = st.App("session.py", middleware=[Middleware(SecurityHeaders)], lifespan=preloaded)
