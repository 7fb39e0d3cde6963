"""The planner's app: ``streamlit run app.py``, or ``sufficiency app``."""

import streamlit as st
from starlette.middleware import Middleware

from sufficiency.ui.headers import SecurityHeaders
from sufficiency.ui.origins import OwnPagesOnly
from sufficiency.ui.server import preloaded
from sufficiency.ui.sign_in_redirects import SignInRedirects
from sufficiency.ui.tab_stops import TabStops
from sufficiency.ui.tab_stops import route as tab_stops

outermost_first = (SecurityHeaders, OwnPagesOnly, SignInRedirects, TabStops)
around = [Middleware(each) for each in outermost_first]
app = st.App("session.py", routes=[tab_stops], middleware=around, lifespan=preloaded)
