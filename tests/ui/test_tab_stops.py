"""Our script comes with every page of the app, and with nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.testclient import TestClient

from sufficiency.ui.tab_stops import PATH, TabStops, route

PAGE = "<html><head><title>Start</title></head><body>" + "x" * 5000 + "</body></html>"
ELEMENT = '<script defer src="./tab_stops.js"></script>'


@pytest.fixture
def client(tmp_path: Path) -> TestClient:
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
    return TestClient(Starlette(routes=routes, middleware=[Middleware(TabStops), Middleware(GZipMiddleware)]))


@pytest.mark.parametrize("path", ["/", "/money", "/money?set=demand.growth=0.2"])
def test_a_page_comes_with_the_script_once_and_with_its_true_length(client: TestClient, path: str) -> None:
    found = client.get(path)
    assert found.text == PAGE.replace("</head>", f"{ELEMENT}</head>")
    assert int(found.headers["content-length"]) == len(found.content)
    assert "content-encoding" not in found.headers


def test_what_is_no_page_passes_untouched(client: TestClient) -> None:
    assert client.get("/numbers").json() == {"</head>": 1}
    assert client.get("/missing").text == "<head></head>"
    posted = client.post("/")
    assert (posted.status_code, posted.text) == (200, PAGE)


def test_the_script_itself_is_served_as_a_script(client: TestClient) -> None:
    found = client.get(PATH)
    assert found.headers["content-type"].startswith("text/javascript")
    assert "data-tab-stop" in found.text


def test_a_browser_that_kept_the_page_gets_it_whole_again(client: TestClient) -> None:
    """It may have been kept from before the script was added."""
    first = client.get("/kept/")
    again = client.get("/kept/", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.text) == (200, first.text)
    assert ELEMENT in again.text
