"""REST under /api/v1: a module an entity. Each route reads who asks, checks what was sent, and calls the store or the broker."""

from flask import Flask

from app.web.api.catalogue import catalogue
from app.web.api.exports import exports
from app.web.api.items import items
from app.web.api.runs import runs
from app.web.api.sessions import sessions


def init_app(app: Flask) -> None:
    for blueprint in (catalogue, sessions, runs, items, exports):
        app.register_blueprint(blueprint, url_prefix="/api/v1")
