"""Signing in against a provider on loopback: nothing is shown before it, a name stands on what is saved, lies are refused."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Iterator
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Literal
from urllib.request import HTTPCookieProcessor, ProxyHandler, Request, build_opener

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey
from playwright.sync_api import Page, expect
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

from sufficiency.ui.headers import security_headers

from .conftest import free_port, running
from .provider import CLIENT, NAME, SECRET, Provider
from .steps import keep_picture, saved_anew, settled, view, violations

ASKS = "Sign in to go on"
COOKIE_SECRET = "0123456789abcdef" * 4


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    found = Provider()
    yield found
    found.close()


@pytest.fixture(scope="module")
def guarded(repo: Path, tmp_path_factory: pytest.TempPathFactory, runs: Path, provider: Provider) -> Iterator[str]:
    """The address of an app that asks people to sign in."""
    folder, port = tmp_path_factory.mktemp("guarded"), free_port()
    (folder / "secrets.toml").write_text(
        f'[auth]\nredirect_uri = "http://localhost:{port}/oauth2callback"\ncookie_secret = "{COOKIE_SECRET}"\n'
        f'client_id = "{CLIENT}"\nclient_secret = "{SECRET}"\n'
        f'server_metadata_url = "{provider.address}/.well-known/openid-configuration"\n'
    )
    secrets = {"STREAMLIT_SECRETS_FILES": str(folder / "secrets.toml")}
    with running(repo, folder, port, SUFFICIENCY_RUNS=str(runs), **secrets) as app:
        yield app.address


@pytest.fixture(autouse=True)
def honest(provider: Provider) -> None:
    provider.lie = ""


def asked_to_sign_in(page: Page) -> None:
    """The page asks to sign in, and nothing else is on it: no other heading, no page to go to, no table, no chart."""
    page.get_by_role("button", name="Sign in").wait_for()
    settled(page)
    assert page.get_by_role("heading").all_inner_texts() == [ASKS]
    assert page.get_by_role("button").all_inner_texts() == ["Sign in"]
    assert page.get_by_role("link").all_inner_texts() in ([], ["Skip to main content"])
    for role in ("table", "textbox", "spinbutton"):
        expect(page.get_by_role(role)).to_have_count(0)
    assert "Bristol" not in page.locator("body").inner_text()


def test_a_name_stands_on_what_a_signed_in_planner_saves(page: Page, guarded: str, provider: Provider, pictures: Path) -> None:
    for path in ("", "money", "scenarios?view=saved"):
        page.goto(f"{guarded}/{path}")
        asked_to_sign_in(page)
    assert violations(page) == []
    keep_picture(page, pictures, "sign-in")
    assert not provider.asked, "the provider is asked before anybody wants to sign in"

    # The link that was opened is there after the sign-in.
    button = page.get_by_role("button", name="Sign in")
    for _ in range(6):
        if button.evaluate("button => button === document.activeElement"):
            break
        page.keyboard.press("Tab")
    expect(button).to_be_focused()
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Which scenarios have been saved?").wait_for()
    page.get_by_text(f"Signed in as {NAME}").wait_for()
    assert {"/authorise", "/token", "/keys"} <= set(provider.asked)

    saved_anew(page, guarded, "With a name", "17")
    view(page, "Saved scenarios", "Which scenarios have been saved?")
    expect(page.get_by_role("row").filter(has_text="With a name")).to_contain_text(f"by {NAME}")
    page.get_by_text("History: 2 versions").click()
    history = page.get_by_role("table").filter(has_text="Reason and source")
    expect(history.get_by_role("row").filter(has_text="2, in use")).to_contain_text(f"by {NAME}")
    assert violations(page) == []
    keep_picture(page, pictures, "signed-in-history")

    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(f"{guarded}/")
    asked_to_sign_in(page)
    assert "/end" in provider.asked
    expect(page.get_by_role("alert")).to_have_count(0)  # signing out is no refusal
    assert not cookies_of_a_person(page)
    page.goto(f"{guarded}/scenarios?view=saved")
    asked_to_sign_in(page)


def cookies_of_a_person(page: Page) -> list[str]:
    return [cookie["name"] for cookie in page.context.cookies() if cookie["name"].startswith(USER_COOKIE_NAME)]


@pytest.mark.parametrize(("lie", "theme"), [("forged", "light"), ("expired", "dark")])
def test_a_token_that_is_not_true_is_refused_with_one_message(
    page: Page, guarded: str, provider: Provider, pictures: Path, lie: str, theme: Literal["light", "dark"]
) -> None:
    provider.lie = lie
    page.emulate_media(color_scheme=theme)
    page.goto(f"{guarded}/money")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_text("You are not signed in.").wait_for()
    asked_to_sign_in(page)
    expect(page.get_by_role("alert")).to_have_count(1)
    assert not cookies_of_a_person(page)
    assert violations(page) == []
    keep_picture(page, pictures, f"sign-in-refused-{theme}")


LIES = {
    "": "/money?scenario=bristol-2025",  # the truth: the link that was opened
    "forged": "/?sign-in=refused",
    "expired": "/?sign-in=refused",
    "another-client": "/?sign-in=refused",
    "another-issuer": "/?sign-in=refused",
    "replayed": "/?sign-in=refused",
    "unsigned": "/?sign-in=refused",
    "denied": "/?sign-in=refused",
    "away": "/?sign-in=unreachable",
}


@pytest.mark.parametrize("lie", LIES)
def test_where_the_provider_s_answer_leads(guarded: str, provider: Provider, lie: str) -> None:
    provider.lie = lie
    jar = CookieJar()
    browse = build_opener(HTTPCookieProcessor(jar), ProxyHandler({}))
    claims = {"provider": "default", "exp": int(time.time()) + 60}
    button = jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(COOKIE_SECRET))  # as the page's button makes it
    for path in ("/money?scenario=bristol-2025", f"/auth/login?provider={button}"):
        with browse.open(Request(guarded + path, headers={"Accept": "text/html"}), timeout=30) as answer:  # noqa: S310
            end = answer.url
    assert end == guarded + LIES[lie]
    assert any(cookie.name == USER_COOKIE_NAME for cookie in jar) == (not lie)


def test_an_answer_nobody_asked_for_signs_nobody_in(guarded: str) -> None:
    jar = CookieJar()
    with build_opener(HTTPCookieProcessor(jar), ProxyHandler({})).open(f"{guarded}/oauth2callback?code=1&state=2") as answer:
        assert answer.url == f"{guarded}/?sign-in=refused"
    assert not any(cookie.name == USER_COOKIE_NAME for cookie in jar)


HOURS = 3600


@pytest.mark.parametrize(
    ("secret", "age", "opens"),
    [(COOKIE_SECRET, 11 * HOURS, True), (COOKIE_SECRET, 13 * HOURS, False), ("another" * 9, 0, False)],
    ids=["of today", "of yesterday", "made without the secret"],
)
def test_which_cookies_open_the_app(page: Page, guarded: str, secret: str, age: int, opens: bool) -> None:
    who = {"is_logged_in": True, "origin": guarded, "provider": "default", "name": NAME, "iat": int(time.time()) - age}
    value = create_signed_value(secret, USER_COOKIE_NAME, json.dumps(who)).decode()
    page.context.add_cookies([{"name": USER_COOKIE_NAME, "value": value, "url": guarded}])
    page.goto(f"{guarded}/evidence")
    if opens:
        page.get_by_text(f"Signed in as {NAME}").wait_for()
        return
    asked_to_sign_in(page)
    expect(page.get_by_text("more than 12 hours old")).to_have_count(int(secret == COOKIE_SECRET))


def test_the_policy_of_the_headers_stays_as_strict(guarded: str) -> None:
    host, port = guarded.removeprefix("http://").split(":")
    for path in ("/", "/oauth2callback", "/auth/login"):
        connection = http.client.HTTPConnection(host, int(port), timeout=30)
        connection.request("GET", path)
        answer = connection.getresponse()
        answer.read()
        connection.close()
        for name, value in security_headers():
            assert answer.headers.get_all(name.decode()) == [value.decode()], (path, name)
