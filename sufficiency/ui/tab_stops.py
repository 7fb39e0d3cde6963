"""Puts our one script, ``tab_stops.js``, into the page that Streamlit serves: tables that scroll become tab stops.

Streamlit gives its tables no tab stop and lets no page of an app add one.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from starlette.responses import FileResponse
from starlette.routing import Route

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

PATH = "/tab_stops.js"
_SCRIPT = Path(__file__).with_name("tab_stops.js")
_ELEMENT = f'<script defer src=".{PATH}"></script>'.encode()  # relative: a proxy may put a path before it
_END_OF_HEAD = b"</head>"
_NOT_PASSED_ON = (b"accept-encoding", b"if-none-match", b"if-modified-since", b"range")


async def _script(_: Request) -> FileResponse:
    return FileResponse(_SCRIPT, media_type="text/javascript", headers={"cache-control": "no-cache"})


route = Route(PATH, _script)


class TabStops:
    """Middleware that adds the script to each HTML page.

    Whatever else is asked for by a path without a dot passes as it is, but plain and whole: what it is, is known too late.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET" or "." in scope["path"].rpartition("/")[2]:
            await self._app(scope, receive, send)
            return
        start: Message | None = None
        body = b""

        async def send_with_script(message: Message) -> None:
            nonlocal start, body
            if message["type"] == "http.response.start" and _is_page(message):
                start = message
            elif start is None:
                await send(message)
            else:
                body += message.get("body", b"")
                if not message.get("more_body", False):
                    whole = body.replace(_END_OF_HEAD, _ELEMENT + _END_OF_HEAD, 1)
                    kept = [pair for pair in start["headers"] if pair[0].lower() != b"content-length"]
                    await send({**start, "headers": [*kept, (b"content-length", str(len(whole)).encode())]})
                    await send({**message, "body": whole})

        # Asked for whole and plain: what is compressed could not be added to, and what the browser kept may lack the script.
        plain = [pair for pair in scope["headers"] if pair[0].lower() not in _NOT_PASSED_ON]
        without = {name: offer for name, offer in scope.get("extensions", {}).items() if name != "http.response.pathsend"}
        await self._app({**scope, "headers": plain, "extensions": without}, receive, send_with_script)


def _is_page(message: Message) -> bool:
    return message["status"] == 200 and any(
        name.lower() == b"content-type" and value.startswith(b"text/html") for name, value in message["headers"]
    )
