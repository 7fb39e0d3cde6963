"""Whose requests reach Streamlit: our own pages' and those without an origin; another site's never do."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from sufficiency.ui.origins import OwnPagesOnly


def outcome(kind: str, host: str, origin: str | None) -> tuple[bool, list[dict[str, Any]]]:
    """Whether the app was reached, and what was sent."""
    reached = False
    sent: list[dict[str, Any]] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        nonlocal reached
        reached = True

    async def receive() -> dict[str, str]:
        return {"type": "websocket.connect"}

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [(b"host", host.encode()), *([(b"origin", origin.encode())] if origin is not None else [])]
    asyncio.run(OwnPagesOnly(app)({"type": kind, "headers": headers}, receive, send))
    return reached, sent


OURS = [
    ("localhost:8501", None),
    ("localhost:8501", "http://localhost:8501"),
    ("planner.council.example", "https://planner.council.example"),
    ("Planner.Council.example", "https://planner.council.example"),
]
THEIRS = [
    ("localhost:8501", "http://elsewhere.example"),
    ("localhost:8501", "http://localhost:8502"),
    ("localhost:8501", "http://localhost:8501.elsewhere.example"),
    ("localhost:8501", "http://localhost:8501@elsewhere.example"),
    ("localhost:8501", "null"),
    ("localhost:8501", ""),
    ("localhost:8501", "http://[broken"),
]


@pytest.mark.parametrize("kind", ["http", "websocket"])
@pytest.mark.parametrize(("host", "origin"), OURS)
def test_our_own_pages_are_served(kind: str, host: str, origin: str | None) -> None:
    assert outcome(kind, host, origin) == (True, [])


@pytest.mark.parametrize(("host", "origin"), THEIRS)
def test_another_site_s_requests_are_refused_before_streamlit_sees_them(host: str, origin: str) -> None:
    reached, [start, body] = outcome("http", host, origin)
    assert not reached and start["status"] == 403 and b"another site" in body["body"]
    assert outcome("websocket", host, origin) == (False, [{"type": "websocket.close", "code": 1008}])
