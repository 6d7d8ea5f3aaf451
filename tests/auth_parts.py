"""What the sign-in tests share: providers of OpenID Connect, tokens as they should be and as a forger makes them."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OctKey, RSAKey

AUDIENCE = "iast-api"


class Provider:
    """A provider that only publishes its keys: tokens are made by the test itself, good ones and others."""

    def __init__(self) -> None:
        self.keys = [RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})]
        self.asked = 0
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = json.dumps(provider.document(self.path)).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None: ...

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"

    def document(self, path: str) -> dict[str, Any]:
        if path == "/jwks":
            self.asked += 1
            return dict(KeySet(self.keys).as_dict(private=False))  # type: ignore[arg-type]
        return {"issuer": self.issuer, "jwks_uri": f"{self.issuer}/jwks", "authorization_endpoint": f"{self.issuer}/authorize"}

    def claims(self, **changes: object) -> dict[str, Any]:
        now = int(time.time())
        good = {"iss": self.issuer, "aud": AUDIENCE, "sub": "anna", "name": "Anna", "iat": now, "exp": now + 300}
        return {name: value for name, value in (good | changes).items() if value is not None}

    def token(self, key: RSAKey | ECKey | OctKey | None = None, alg: str = "RS256", kid: str = "one", **changes: object) -> str:
        """A token as this provider would make it, but for what is said otherwise; a claim given as None is left out."""
        return jwt.encode({"alg": alg, "kid": kid}, self.claims(**changes), key or self.keys[0], algorithms=[alg])


@contextmanager
def provider() -> Iterator[Provider]:
    made = Provider()
    thread = threading.Thread(target=made.server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield made
    finally:
        made.server.shutdown()
        made.server.server_close()
        thread.join()
