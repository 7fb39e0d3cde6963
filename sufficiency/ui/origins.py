"""Requests that a page of another site makes are refused before Streamlit sees them.

Streamlit would refuse them too, but first asks a machine on the internet for its own outer address, to compare, and waits for
the answer: any page that a planner has open elsewhere could make this server speak to the outside, and stand still meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send


class OwnPagesOnly:
    """Middleware that lets through what has no ``Origin`` (links, programs) or that of the very host asked (RFC 6454)."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket") or _is_ours(scope["headers"]):
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1008})  # before it is accepted: the browser sees 403
        else:
            words = b"Refused: asked by a page of another site."
            headers = [(b"content-type", b"text/plain"), (b"content-length", str(len(words)).encode())]
            await send({"type": "http.response.start", "status": 403, "headers": headers})
            await send({"type": "http.response.body", "body": words})


def _is_ours(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    hosts = {value.lower() for name, value in headers if name == b"host"}
    origins = {value.lower() for name, value in headers if name == b"origin"}
    return not origins or {_host(origin) for origin in origins} == hosts


def _host(origin: bytes) -> bytes:
    """Host and port of an origin; empty where it has none, as ``null``."""
    try:
        return urlsplit(origin.decode("latin-1")).netloc.encode("latin-1")
    except ValueError:
        return b""
