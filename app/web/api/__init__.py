"""REST under /api/v1: a module an entity. Each route reads who asks, checks what was sent, and calls the store or the broker."""

from flask import Flask

from app.web.api.catalogue import catalogue
from app.web.api.exports import exports
from app.web.api.items import items
from app.web.api.launches import launches
from app.web.api.library import library
from app.web.api.printing import printing
from app.web.api.recordings import recordings
from app.web.api.runs import runs
from app.web.api.schedules import schedules
from app.web.api.sessions import sessions
from app.web.api.settings import settings
from app.web.api.sharing import sharing
from app.web.api.transfers import transfers
from app.web.api.usage import usage
from app.web.api.verdicts import verdicts

ALL = (
    catalogue, sessions, sharing, recordings, printing, transfers, runs, items, verdicts, exports, library, launches, schedules, usage,
    settings,
)  # fmt: skip


def init_app(app: Flask) -> None:
    for blueprint in ALL:
        app.register_blueprint(blueprint, url_prefix="/api/v1")
