"""What the web tests share: a client of a web process, a platform to see, and screens to show. The fixtures are in web_fixtures.py."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import pytest
import requests
from websocket import WebSocket, create_connection

from app import store
from app.config import settings
from app.screen.model import Screen, State, Style
from app.store import hosts


def screen_of(text: str, serial: int = 1, **more: object) -> Screen:
    """A screen of 24x80 without fields that begins with the text."""
    parts: dict[str, object] = {"rows": 24, "columns": 80, "cells": text.ljust(1920), "styles": bytes(1920), "palette": (Style(),)}
    parts |= {"fields": (), "cursor": 0, "serial": serial, "layout": 1, "locked": False, "state": State.TN3270E}
    return Screen(**(parts | more))  # type: ignore[arg-type]


def seeing(platform: Mapping[str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """While a fixture yields from it, this process sees the store and Valkey of that platform."""
    for name, value in platform.items():
        monkeypatch.setenv(name, value)
    settings.cache_clear()
    store.make_table()
    hosts.load(settings().hosts)
    yield
    settings.cache_clear()


@dataclass
class Client:
    """A program that talks to a web process, by bearer token unless told otherwise."""

    url: str
    token: str
    http: requests.Session = field(default_factory=requests.Session)

    def __post_init__(self) -> None:
        if self.token:
            self.http.headers["Authorization"] = f"Bearer {self.token}"

    def call(self, method: str, path: str, **options: object) -> requests.Response:
        options.setdefault("timeout", 30)
        return self.http.request(method, self.url + path, **options)  # type: ignore[arg-type]

    def get(self, path: str, **options: object) -> requests.Response:
        return self.call("GET", path, **options)

    def post(self, path: str, json: object = None, **options: object) -> requests.Response:
        return self.call("POST", path, json=json, **options)

    def socket(self, path: str, origin: str | None = None, **options: object) -> WebSocket:
        address = self.url.replace("http", "ws", 1)
        header = [f"Authorization: Bearer {self.token}"] if self.token else []
        suppress = origin is None
        return create_connection(address + path, timeout=30, header=header, origin=origin, suppress_origin=suppress, **options)
