"""Whether people must sign in, what is said of a wrong setting, and what the server adds to the steps, without a server."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from sufficiency.ui import sign_in_setting
from sufficiency.ui.sign_in_redirects import SignInRedirects

GOOD = {
    "redirect_uri": "https://planner.council.example/oauth2callback",
    "cookie_secret": "0123456789abcdef" * 4,
    "client_id": "sufficiency",
    "client_secret": "only-for-this-test",
    "server_metadata_url": "https://accounts.council.example/.well-known/openid-configuration",
}
Write = Callable[[str], None]


@pytest.fixture
def secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Write]:
    """Writes the file of secrets that Streamlit reads; there is none before."""
    from streamlit import config
    from streamlit.runtime.secrets import secrets_singleton

    file = tmp_path / "secrets.toml"
    before = config.get_option("secrets.files")
    config.set_option("secrets.files", [str(file)])
    monkeypatch.delenv(sign_in_setting.REQUIRED, raising=False)

    def forget() -> None:
        secrets_singleton._reset()
        sign_in_setting.is_wanted.cache_clear()
        sign_in_setting.is_encrypted.cache_clear()

    def write(text: str) -> None:
        file.write_text(text)
        forget()

    forget()
    yield write
    config.set_option("secrets.files", before)
    forget()


def part(**changed: str) -> str:
    return "[auth]\n" + "".join(f'{name} = "{value}"\n' for name, value in (GOOD | changed).items())


def test_nobody_signs_in_where_nothing_is_set(secrets: Write) -> None:
    assert not sign_in_setting.is_wanted()
    secrets("[something_else]\nkey = 1\n")
    assert not sign_in_setting.is_wanted()


def test_a_good_setting_has_no_trouble(secrets: Write) -> None:
    secrets(part())
    assert sign_in_setting.is_wanted() and sign_in_setting.is_encrypted()
    assert sign_in_setting.trouble() == ""
    secrets(part(redirect_uri="http://localhost:8501/oauth2callback", server_metadata_url="http://127.0.0.1:1/x"))
    assert sign_in_setting.is_wanted() and not sign_in_setting.is_encrypted()
    assert sign_in_setting.trouble() == ""


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[auth\nclient_id = ", "cannot be read as TOML"),
        (part(client_secret=""), "client_secret is missing"),
        ('[auth]\nclient_id = "x"\n', "redirect_uri is missing"),
        (part(redirect_uri="https://planner.council.example/"), "/oauth2callback at its end"),
        (part(redirect_uri="http://planner.council.example/oauth2callback"), "redirect_uri must begin with https://"),
        (part(server_metadata_url="http://accounts.council.example/x"), "server_metadata_url must begin with https://"),
        (part(**{"cookie_secret": "short"}), "fewer than 32 characters"),
    ],
)
def test_a_wrong_setting_keeps_everybody_out_and_says_why(secrets: Write, text: str, words: str) -> None:
    secrets(text)
    assert sign_in_setting.is_wanted()
    said = sign_in_setting.trouble()
    assert words in said
    assert not any(secret in said for secret in (GOOD["client_secret"], GOOD["cookie_secret"]))


@pytest.mark.parametrize("absent", ["authlib", "httpx"])
def test_a_part_of_the_extra_that_is_not_installed_is_told(secrets: Write, monkeypatch: pytest.MonkeyPatch, absent: str) -> None:
    secrets(part())
    monkeypatch.setattr(sign_in_setting, "find_spec", lambda name: None if name == absent else object())
    assert ".[sign-in]" in sign_in_setting.trouble()


def test_secrets_gone_missing_let_nobody_in_where_a_sign_in_is_required(secrets: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(sign_in_setting.REQUIRED, "required")
    assert sign_in_setting.is_wanted()
    assert "no file of secrets has a part [auth]" in sign_in_setting.trouble()


def answered(
    path: str, query: str = "", cookie: str = "", sets: tuple[str, ...] = (), status: int = 302
) -> tuple[int, list[tuple[str, str]], bytes]:
    """Status, headers and body after the middleware, for an app that redirects to the start page and sets cookies."""
    sent: list[dict[str, Any]] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        headers = [(b"Location", b"/"), *((b"Set-Cookie", each.encode()) for each in sets)]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b"words"})

    async def send(message: Any) -> None:
        sent.append(message)

    asked = [(b"accept", b"text/html,*/*"), *([(b"cookie", cookie.encode())] if cookie else [])]
    scope = {"type": "http", "path": path, "query_string": query.encode(), "headers": asked}
    asyncio.run(SignInRedirects(app)(scope, None, send))  # type: ignore[arg-type]
    headers = [(name.decode().lower(), value.decode()) for name, value in sent[0]["headers"]]
    return sent[0]["status"], headers, sent[1]["body"]


SOMEBODY = ("_streamlit_user=abc.def; Path=/; HttpOnly",)


@pytest.mark.parametrize(
    ("kept", "place"),
    [
        ("/money?scenario=bristol-2025&set=a=1", "/money?scenario=bristol-2025&set=a=1"),
        ("/", "/"),
        ("//elsewhere.example/", "/"),
        ("/\\elsewhere.example", "/"),
        ("https://elsewhere.example/", "/"),
        ("/money\r\nSet-Cookie: x=1", "/"),
        ("/auth/login", "/"),
        ("", "/"),
    ],
)
def test_a_sign_in_leads_back_to_a_page_of_ours_and_nowhere_else(secrets: Write, kept: str, place: str) -> None:
    secrets(part())
    _, headers, _ = answered("/oauth2callback", "code=1&state=2", f"other=1; sufficiency_wanted={quote(kept, safe='')}", SOMEBODY)
    assert [value for name, value in headers if name == "location"] == [place]


@pytest.mark.parametrize("sets", [(), ('_streamlit_user=""; Max-Age=0; Path=/',), ("_streamlit_user_tokens=abc; Path=/",)])
def test_an_answer_that_names_nobody_is_a_refusal(secrets: Write, sets: tuple[str, ...]) -> None:
    secrets(part())
    _, headers, _ = answered("/oauth2callback", "error=access_denied&state=2", "sufficiency_wanted=%2Fmoney", sets)
    assert dict(headers)["location"] == "/?sign-in=refused"


def test_coming_back_from_signing_out_is_no_refusal(secrets: Write) -> None:
    secrets(part())
    assert dict(answered("/oauth2callback")[1])["location"] == "/"


def test_a_page_is_remembered_as_opened_and_never_the_refusal(secrets: Write) -> None:
    secrets(part())
    remembered = dict(answered("/money", "scenario=bristol-2025")[1])["set-cookie"]
    assert remembered.startswith("sufficiency_wanted=%2Fmoney%3Fscenario%3Dbristol-2025; ")
    assert all(mark in remembered for mark in ("HttpOnly", "SameSite=Lax", "Max-Age=600", "Secure"))
    for path, query in (("/", "sign-in=refused"), ("/static/js/x.js", ""), ("//elsewhere.example/", ""), ("/_stcore/health", "")):
        assert "set-cookie" not in dict(answered(path, query)[1]), path
    assert dict(answered("/money", "x" * 4000)[1])["set-cookie"].startswith("sufficiency_wanted=%2Fmoney; ")


def test_a_provider_that_does_not_answer_is_told_on_a_page(secrets: Write) -> None:
    secrets(part())
    status, headers, body = answered("/auth/login", status=400)
    assert (status, dict(headers)["location"], body) == (303, "/?sign-in=unreachable", b"")


def test_cookies_travel_encrypted_where_people_come_by_https(secrets: Write) -> None:
    secrets(part())
    for _, value in (pair for pair in answered("/money", sets=SOMEBODY)[1] if pair[0] == "set-cookie"):
        assert value.count("; Secure") == 1
    secrets(part(redirect_uri="http://localhost:8501/oauth2callback"))
    assert all("Secure" not in value for _, value in answered("/money", sets=SOMEBODY)[1])


def test_nothing_is_added_where_nobody_signs_in(secrets: Write) -> None:
    assert answered("/oauth2callback", "code=1&state=2", sets=SOMEBODY) == (
        302, [("location", "/"), ("set-cookie", SOMEBODY[0])], b"words",
    )  # fmt: skip
