"""The headers of the server, without a server: what the policy allows, and that nothing can take their place."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import tomllib
from pathlib import Path
from typing import Any

from sufficiency.ui.headers import SecurityHeaders, content_security_policy, inline_script_hashes, security_headers


def directives(policy: str) -> dict[str, list[str]]:
    parts = (part.split() for part in policy.split(";"))
    return {name: sources for name, *sources in parts}


def test_the_policy_allows_nothing_from_elsewhere_and_no_script_of_unknown_origin() -> None:
    found = directives(dict(security_headers())[b"content-security-policy"].decode())
    for name, sources in found.items():
        assert all(
            source in ("'self'", "'none'", "'unsafe-inline'", "data:", "blob:") or "'sha256-" in source for source in sources
        )
        assert "'unsafe-inline'" not in sources or name == "style-src"
    scripts = found["script-src"]
    assert "'unsafe-eval'" not in scripts and "data:" not in scripts and "blob:" not in scripts
    assert found["frame-ancestors"] == found["object-src"] == ["'none'"]
    assert found["default-src"] == ["'self'"]


def test_an_inline_script_is_allowed_by_its_own_hash_and_no_other() -> None:
    ours = "\n  window.ready = false\n"
    page = f'<script type="module" src="x.js"></script><script>{ours}</script><script>second()</script>'
    hashes = inline_script_hashes(page)
    digest = base64.b64encode(hashlib.sha256(ours.encode()).digest()).decode()
    assert hashes[0] == f"'sha256-{digest}'" and len(hashes) == 2
    assert directives(content_security_policy(hashes))["script-src"] == ["'self'", *hashes]


def answered(scope: dict[str, Any], headers: list[tuple[bytes, bytes]]) -> list[dict[str, Any]]:
    """What the middleware sends for an app that answers with ``headers``."""
    sent: list[dict[str, Any]] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": f"{scope['type']}.response.start", "status": 404, "headers": headers})
        await send({"type": "http.response.body", "body": b"gone"})

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(SecurityHeaders(app)(scope, None, send))  # type: ignore[arg-type]
    return sent


def test_every_answer_has_the_headers_once_and_keeps_its_own() -> None:
    start, body = answered({"type": "http"}, [(b"Content-Security-Policy", b"default-src *"), (b"content-type", b"text/plain")])
    assert start["status"] == 404 and body["body"] == b"gone"
    assert start["headers"] == [(b"content-type", b"text/plain"), *security_headers()]


def test_a_websocket_is_passed_on_as_it_is() -> None:
    start, _ = answered({"type": "websocket"}, [(b"a", b"b")])
    assert start["headers"] == [(b"a", b"b")]


def test_the_settings_keep_people_and_their_files_on_this_machine(repo: Path) -> None:
    found = tomllib.loads((repo / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert found["browser"]["gatherUsageStats"] is False
    assert found["client"]["showErrorDetails"] == "none" and found["client"]["showErrorLinks"] is False
    server = found["server"]
    assert server["address"] == "localhost"
    assert set(server["allowedHosts"]) == {"localhost", "127.0.0.1"}
    assert server["enableXsrfProtection"] is True and server["enableCORS"] is True
    assert server["maxUploadSize"] <= 5
    assert "enableAgentApi" not in server  # off unless switched on
