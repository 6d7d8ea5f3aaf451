"""ENTRY: the web tier: sign-in, REST, the terminal socket, the page. Knows the broker and the store; never a host connection."""

import logging
import time
from typing import Any

from apiflask import APIFlask

from app import store
from app.config import settings
from app.errors import NotReady
from app.store import hosts
from app.web import api, asking, documentation, guard, live, metrics, page, problems, signin, socket, terminal
from app.web.health import health
from app.web.reading import StrictJson

log = logging.getLogger(__name__)
STORE_SECONDS = 60.0  # how long DynamoDB may take to come up beside us
MOST_BYTES = 32 << 20  # of a body: 100,000 lines with room
YEAR = 365 * 24 * 3600


def create_app() -> APIFlask:
    """The WSGI application of one web process. Raises Misconfigured, NotReady, BadInput (a host of IAST_HOSTS)."""
    _require()
    logging.basicConfig(level=settings().log_level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    _prepare_store()
    app = APIFlask(
        "app.web", title="IAST", version="1", json_errors=False, docs_path=None, spec_path="/api/v1/openapi.json",
        static_folder=str(page.STATIC), static_url_path="/static",
    )  # fmt: skip
    app.config.update(_configuration())
    app.json = StrictJson(app)
    problems.init_app(app)
    guard.init_app(app)
    metrics.init_app(app)
    signin.init_app(app)
    api.init_app(app)
    app.register_blueprint(health)
    app.register_blueprint(page.page)
    socket.install()
    terminal.sock.init_app(app)  # the one Sock, with live's route on it too
    documentation.init_app(app)
    log.info("web tier ready; sign-in: %s", "development" if settings().development_sign_in else settings().oidc_issuer)
    return app


def _require() -> None:
    settings().require("seal_keys", "cookie_key")
    if not settings().development_sign_in:
        settings().require("public_url")  # where the provider sends people back to


def _prepare_store() -> None:
    end = time.monotonic() + STORE_SECONDS
    while True:
        try:
            store.make_table()
            hosts.load(settings().hosts)
            return
        except NotReady:
            if time.monotonic() > end:
                raise
            time.sleep(0.5)


def _configuration() -> dict[str, Any]:
    secure = guard.secure()
    return {
        "SECRET_KEY": settings().cookie_key,
        "SESSION_COOKIE_NAME": "__Host-iast" if secure else "iast",
        "SESSION_COOKIE_SECURE": secure,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_REFRESH_EACH_REQUEST": False,
        "PERMANENT_SESSION_LIFETIME": asking.SIGNED_IN,
        "MAX_CONTENT_LENGTH": MOST_BYTES,
        "MAX_FORM_MEMORY_SIZE": MOST_BYTES,
        "SEND_FILE_MAX_AGE_DEFAULT": YEAR,  # the built page's names hold their contents' hash
        "JSON_SORT_KEYS": False,
        "AUTO_SERVERS": False,
    }


__all__ = ["create_app", "live"]
