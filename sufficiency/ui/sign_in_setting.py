"""Whether people must sign in, and what is wrong with the setting: ``[auth]`` in Streamlit's secrets, off where there is none.

It fails closed: a secrets file that cannot be read asks everybody to sign in, rather than letting everybody in.
"""

from __future__ import annotations

import os
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

REQUIRED = "SUFFICIENCY_SIGN_IN"
"""Set to ``required`` in the environment, the app shows nothing without a sign-in, even if the secrets have gone missing."""
CALLBACK = "/oauth2callback"
LEAST_SECRET = 32
_ONLY_HERE = ("localhost", "127.0.0.1", "::1")


@cache
def is_wanted() -> bool:
    """Whether the app asks people to sign in: found out once a process, because each request asks it."""
    return _is_required() or bool(_settings()) or _is_unreadable()


@cache
def is_encrypted() -> bool:
    """Whether people reach the app by https; found out once, too."""
    return str(_settings().get("redirect_uri", "")).startswith("https:")


def trouble() -> str:
    """What keeps people from signing in, for whoever runs the app; empty where nothing does. No secret is in it."""
    if _is_unreadable():
        return "A file of secrets is there, and cannot be read as TOML."
    found = _settings()
    if not found:
        return f"{REQUIRED} is set, and no file of secrets has a part [auth]."
    for name in ("redirect_uri", "cookie_secret", "client_id", "client_secret", "server_metadata_url"):
        if not isinstance(found.get(name), str) or not found[name]:
            return f"{name} is missing in the part [auth] of the secrets, or is not a text."
    if not found["redirect_uri"].endswith(CALLBACK):
        return f"redirect_uri must be the address of the app with {CALLBACK} at its end."
    for name in ("redirect_uri", "server_metadata_url"):
        address = urlsplit(found[name])
        if address.scheme != "https" and not (address.scheme == "http" and address.hostname in _ONLY_HERE):
            return f"{name} must begin with https:// (http:// is for tests on this machine only)."
    if len(found["cookie_secret"]) < LEAST_SECRET:
        return f"cookie_secret has fewer than {LEAST_SECRET} characters; make one with openssl rand -hex 32."
    if find_spec("authlib") is None or find_spec("httpx") is None:
        return "The extra for it is not installed: pip install -c constraints.txt '.[sign-in]'."
    return ""


def _settings() -> dict[str, Any]:
    from streamlit.auth_util import get_secrets_auth_section

    found: dict[str, Any] = get_secrets_auth_section().to_dict()
    return found


def _is_required() -> bool:
    return os.environ.get(REQUIRED, "").strip().lower() == "required"


def _is_unreadable() -> bool:
    """Whether there is a file of secrets that Streamlit passes over because it is broken."""
    from streamlit import config
    from streamlit.runtime.secrets import secrets_singleton

    there = any(Path(file).exists() for file in config.get_option("secrets.files"))
    return there and not secrets_singleton.load_if_toml_exists()
