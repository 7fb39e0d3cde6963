"""Our script comes with every page of the app, and with nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from sufficiency.ui.tab_stops import PATH, TabStops, route

PAGE = "<html><head><title>Start</title></head><body>" + "x" * 5000 + "</body></html>"
ELEMENT = '<script defer src="./tab_stops.js"></script>'
Ask = Callable[..., httpx.Response]


@pytest.fixture
def ask(tmp_path: Path) -> Ask:
    """Asks a small app with our middleware: by method, path and headers."""
    file = tmp_path / "index.html"
    file.write_text(PAGE, encoding="utf-8")

    async def page(_: Request) -> Response:
        return FileResponse(file)

    async def numbers(_: Request) -> Response:
        return JSONResponse({"</head>": 1})

    async def missing(_: Request) -> Response:
        return HTMLResponse("<head></head>", status_code=404)

    routes: list[BaseRoute] = [
        Route("/", page, methods=["GET", "POST"]),
        Route("/money", page),
        Route("/numbers", numbers),
        Route("/missing", missing),
        route,
    ]
    routes.append(Mount("/kept", StaticFiles(directory=tmp_path, html=True)))  # as Streamlit serves its page
    app = Starlette(routes=routes, middleware=[Middleware(TabStops), Middleware(GZipMiddleware)])

    async def asked(method: str, path: str, headers: dict[str, str]) -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost") as client:
            return await client.request(method, path, headers=headers)

    return lambda method, path, **headers: asyncio.run(asked(method, path, headers))


@pytest.mark.parametrize("path", ["/", "/money", "/money?set=demand.growth=0.2"])
def test_a_page_comes_with_the_script_once_and_with_its_true_length(ask: Ask, path: str) -> None:
    found = ask("GET", path)
    assert found.text == PAGE.replace("</head>", f"{ELEMENT}</head>")
    assert int(found.headers["content-length"]) == len(found.content)
    assert "content-encoding" not in found.headers


def test_what_is_no_page_passes_untouched(ask: Ask) -> None:
    assert ask("GET", "/numbers").json() == {"</head>": 1}
    assert ask("GET", "/missing").text == "<head></head>"
    posted = ask("POST", "/")
    assert (posted.status_code, posted.text) == (200, PAGE)


def test_the_script_itself_is_served_as_a_script(ask: Ask) -> None:
    found = ask("GET", PATH)
    assert found.headers["content-type"].startswith("text/javascript")
    assert "data-tab-stop" in found.text


def test_a_browser_that_kept_the_page_gets_it_whole_again(ask: Ask) -> None:
    """It may have been kept from before the script was added."""
    first = ask("GET", "/kept/")
    again = ask("GET", "/kept/", **{"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.text) == (200, first.text)
    assert ELEMENT in again.text
