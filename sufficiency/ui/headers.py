"""What every response of the server tells the browser: keep to this server, and show this app in no other page's frame.

Streamlit sends no such headers. They are set here rather than left to a proxy, so that they hold on a planner's own machine
too.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_INLINE_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)
_NO_POWERS = (
    "accelerometer",
    "camera",
    "display-capture",
    "geolocation",
    "gyroscope",
    "magnetometer",
    "microphone",
    "payment",
    "usb",
)


def inline_script_hashes(page: str) -> list[str]:
    """The CSP sources that allow exactly the inline scripts of an HTML page (W3C CSP Level 3, section 2.3.1)."""
    digests = (hashlib.sha256(script.encode()).digest() for script in _INLINE_SCRIPT.findall(page))
    return [f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests]


def content_security_policy(script_hashes: Sequence[str]) -> str:
    """The policy: nothing from elsewhere, no script but the server's own files and the inline ones given.

    Streamlit styles its elements from script, so inline styles must be allowed; charts are drawn without ``eval``, because it
    hands Vega an interpreter. Pictures may come as ``data:`` and ``blob:``, as which the browser itself makes them.
    """
    return "; ".join(
        (
            "default-src 'self'",
            " ".join(("script-src 'self'", *script_hashes)),
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self'",  # the websocket of the same host and port included
            "worker-src 'self' blob:",
            "media-src 'self' blob:",
            "frame-src 'none'",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


@cache
def security_headers() -> tuple[tuple[bytes, bytes], ...]:
    """The headers, with the policy made for the start page of the Streamlit that is installed."""
    import streamlit

    page = (Path(streamlit.__file__).parent / "static" / "index.html").read_text(encoding="utf-8")
    headers = {
        "content-security-policy": content_security_policy(inline_script_hashes(page)),
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "referrer-policy": "no-referrer",
        "permissions-policy": ", ".join(f"{power}=()" for power in _NO_POWERS),
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
    }
    return tuple((name.encode(), value.encode()) for name, value in headers.items())


class SecurityHeaders:
    """Middleware that puts :func:`security_headers` on every HTTP response of the app, in place of any of that name."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        ours = security_headers()
        names = {name for name, _ in ours}

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                kept = [pair for pair in message.get("headers", ()) if pair[0].lower() not in names]
                message = {**message, "headers": [*kept, *ours]}
            await send(message)

        await self._app(scope, receive, send_with_headers)
