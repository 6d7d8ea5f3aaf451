"""A user's own settings of the page, kept as they are."""

from typing import Any

from apiflask import APIBlueprint

from app.store import settings as store
from app.web import shapes_kept as shapes
from app.web.asking import user

settings = APIBlueprint("settings", __name__, tag="Settings")


@settings.get("/settings")
@settings.output(shapes.Settings)
def read_settings() -> dict[str, Any]:
    """Your settings of the page"""
    return {"settings": store.get(user().id)}


@settings.put("/settings")
@settings.input(shapes.Settings, arg_name="wish")
@settings.output(shapes.Settings)
def write_settings(wish: shapes.Settings) -> dict[str, Any]:
    """Replace your settings of the page"""
    store.put(user().id, wish.settings)
    return {"settings": wish.settings}
