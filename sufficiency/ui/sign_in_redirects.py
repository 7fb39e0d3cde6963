"""What the server adds to Streamlit's own steps of signing in: a refusal is told, and the link that was opened comes back.

Streamlit leads everybody to the start page after the provider's answer, whether it was good or not, and says nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, quote, unquote

from sufficiency.ui import sign_in_setting

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

OUTCOME = "sign-in"
"""The parameter of the address that says how a sign-in ended."""
REFUSED, UNREACHABLE = "refused", "unreachable"
_LOGIN, _USER = "/auth/login", b"_streamlit_user="
_WANTED, _MINUTES = "sufficiency_wanted", 10
_PAGE = re.compile(r"/[a-z]*")
_OUR_LINK = re.compile(r"/[a-z]*(\?[!-~]*)?")  # one slash only: two would lead to another machine
_LONGEST_LINK = 3000
_Headers = list[tuple[bytes, bytes]]


class SignInRedirects:
    """Middleware around the whole app; it does nothing where nobody signs in."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not sign_in_setting.is_wanted():
            await self._app(scope, receive, send)
            return
        failed = False

        async def send_on(message: Message) -> None:
            nonlocal failed
            if message["type"] == "http.response.start":
                headers: _Headers = [(name.lower(), value) for name, value in message.get("headers", ())]
                failed = scope["path"] == _LOGIN and message["status"] >= 400
                if failed:
                    message = {**message, "status": 303}
                    headers = [(b"location", f"/?{OUTCOME}={UNREACHABLE}".encode()), (b"content-length", b"0")]
                message = {**message, "headers": _only_encrypted(_led(scope, headers))}
            elif failed:
                message = {**message, "body": b""}
            await send(message)

        await self._app(scope, receive, send_on)


def _led(scope: Scope, headers: _Headers) -> _Headers:
    """The headers of an answer: the page opened is remembered, the provider's answer leads back to it or to the refusal."""
    path, query = scope["path"], scope.get("query_string", b"").decode("latin-1")
    asked = parse_qs(query)
    if path == sign_in_setting.CALLBACK and asked.keys() & {"state", "code", "error"}:  # without these: back from signing out
        is_in = any(name == b"set-cookie" and _names_somebody(value) for name, value in headers)
        place = _wanted(scope["headers"]) if is_in else f"/?{OUTCOME}={REFUSED}"
        return [*(pair for pair in headers if pair[0] != b"location"), (b"location", place.encode())]
    if path != sign_in_setting.CALLBACK and _PAGE.fullmatch(path) and OUTCOME not in asked and _asks_for_page(scope["headers"]):
        link = f"{path}?{query}" if query else path
        kept = quote(link if len(link) <= _LONGEST_LINK else path, safe="")
        cookie = f"{_WANTED}={kept}; Path=/; Max-Age={_MINUTES * 60}; HttpOnly; SameSite=Lax"
        return [*headers, (b"set-cookie", cookie.encode())]
    return headers


def _names_somebody(cookie: bytes) -> bool:
    """Whether a cookie is that of a person signed in, not the empty one that deletes it."""
    return cookie.startswith(_USER) and cookie[len(_USER) :].split(b";")[0].strip(b' "') != b""


def _asks_for_page(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    return any(name == b"accept" and b"text/html" in value for name, value in headers)


def _wanted(headers: Iterable[tuple[bytes, bytes]]) -> str:
    """The link of this app that was opened before the sign-in; the start page where it is unknown or not ours."""
    cookies: SimpleCookie = SimpleCookie()
    for name, value in headers:
        if name == b"cookie":
            try:
                cookies.load(value.decode("latin-1"))
            except CookieError:
                return "/"
    link = unquote(cookies[_WANTED].value) if _WANTED in cookies else "/"
    return link if _OUR_LINK.fullmatch(link) else "/"


def _only_encrypted(headers: _Headers) -> _Headers:
    """Where people come by https, their cookies never travel without it: Streamlit leaves that mark out."""
    if not sign_in_setting.is_encrypted():
        return headers
    return [
        (name, value + b"; Secure") if name == b"set-cookie" and b"; secure" not in value.lower() else (name, value)
        for name, value in headers
    ]
