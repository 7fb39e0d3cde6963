"""A small OpenID Connect provider on loopback (OIDC Core 1.0: discovery, authorisation code with PKCE, RS256, end of session).

Everybody who comes is taken for the same invented account; :attr:`Provider.lie` says in which way its identity token is wrong.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "sufficiency", "only-for-this-test"
NAME = "Test Planner 01"


class Provider:
    """The provider; ``lie`` is one of "", forged, expired, another-client, another-issuer, replayed, unsigned, denied or away."""

    def __init__(self) -> None:
        self.lie = ""
        self.asked: list[str] = []
        self._key = RSAKey.generate_key(2048, {"kid": "first"}, private=True)
        self._strangers_key = RSAKey.generate_key(2048, {"kid": "first"}, private=True)
        self._codes: dict[str, dict[str, str]] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.address = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def discovery(self) -> dict[str, Any]:
        return {
            "issuer": self.address,
            "authorization_endpoint": f"{self.address}/authorise",
            "token_endpoint": f"{self.address}/token",
            "jwks_uri": f"{self.address}/keys",
            "end_session_endpoint": f"{self.address}/end",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "code_challenge_methods_supported": ["S256"],
        }

    def keys(self) -> dict[str, Any]:
        return {"keys": [self._key.as_dict(private=False) | {"use": "sig", "alg": "RS256"}]}

    def authorised(self, asked: dict[str, str]) -> str:
        """Where the browser is sent from the authorisation endpoint."""
        assert asked["response_type"] == "code" and asked["client_id"] == CLIENT and "openid" in asked["scope"].split()
        assert asked["code_challenge_method"] == "S256" and asked["nonce"]
        if self.lie == "denied":
            answer = {"error": "access_denied", "state": asked["state"]}
        else:
            code = secrets.token_urlsafe(16)
            self._codes[code] = asked
            answer = {"code": code, "state": asked["state"]}
        return f"{asked['redirect_uri']}?{urlencode(answer)}"

    def tokens(self, form: dict[str, str]) -> dict[str, Any]:
        """The answer of the token endpoint to a code, which is good once."""
        asked = self._codes.pop(form["code"])
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).rstrip(b"=").decode()
        assert challenge == asked["code_challenge"] and form["redirect_uri"] == asked["redirect_uri"]
        now = int(time.time())
        issued = now - 7200 if self.lie == "expired" else now
        claims = {
            "iss": "http://127.0.0.1:1" if self.lie == "another-issuer" else self.address,
            "sub": "0001",
            "aud": "another" if self.lie == "another-client" else CLIENT,
            "iat": issued,
            "exp": issued + 3600,
            "nonce": "of-another-time" if self.lie == "replayed" else asked["nonce"],
            "name": NAME,
        }
        key = self._strangers_key if self.lie == "forged" else self._key
        signed = jwt.encode({"alg": "RS256", "kid": "first"}, claims, key)
        if self.lie == "unsigned":
            header = base64.urlsafe_b64encode(b'{"alg":"none"}').rstrip(b"=").decode()
            signed = f"{header}.{signed.split('.')[1]}."
        return {"access_token": "of-no-use", "token_type": "Bearer", "expires_in": 3600, "id_token": signed}

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                path, query = urlsplit(self.path).path, _flat(urlsplit(self.path).query)
                provider.asked.append(path)
                if provider.lie == "away":
                    self._answer(503, {})
                elif path == "/authorise":
                    self._answer(302, {}, provider.authorised(query))
                elif path == "/end":
                    self._answer(302, {}, query["post_logout_redirect_uri"])
                elif path == "/keys":
                    self._answer(200, provider.keys())
                else:
                    self._answer(200, provider.discovery())

            def do_POST(self) -> None:
                provider.asked.append(self.path)
                form = _flat(self.rfile.read(int(self.headers["Content-Length"])).decode())
                expected = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
                assert self.headers["Authorization"] == f"Basic {expected}"
                self._answer(200, provider.tokens(form))

            def _answer(self, status: int, body: dict[str, Any], place: str = "") -> None:
                content = json.dumps(body).encode()
                self.send_response(status)
                if place:
                    self.send_header("Location", place)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, format: str, *args: object) -> None:
                """Say nothing."""

        return Handler


def _flat(query: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(query).items()}
