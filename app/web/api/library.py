"""Macros and configurations of runs: private or shared, changed by their owner only, cloned by whoever sees them."""

from dataclasses import replace
from typing import Any

from apiflask import APIBlueprint

from app.asts import registry
from app.store import library as store
from app.store.library import Entry, Kind
from app.web import shapes_kept as shapes
from app.web.api.runs import NO_SUCH
from app.web.asking import user

library = APIBlueprint("library", __name__, tag="Library")
OUTSIDE = ("name", "shared")  # of an entry itself; the rest is its body


@library.get("/macros")
@library.output(shapes.Macros)
def list_macros() -> dict[str, Any]:
    """Your macros, then those that others share"""
    return {"items": [flat(entry) for entry in store.visible("MACRO", user().id)]}


@library.post("/macros")
@library.input(shapes.NewMacro, arg_name="wish")
@library.output(shapes.Macro, status_code=201)
def make_macro(wish: shapes.NewMacro) -> tuple[dict[str, Any], int]:
    """Keep a macro"""
    return made("MACRO", wish.model_dump(exclude_none=True)), 201


@library.patch("/macros/<id>")
@library.input(shapes.ChangedMacro, arg_name="wish")
@library.output(shapes.Macro)
def change_macro(id: str, wish: shapes.ChangedMacro) -> dict[str, Any]:
    """Change, share or unshare a macro"""
    return changed("MACRO", id, wish.model_dump(exclude_unset=True, exclude_none=True))


@library.delete("/macros/<id>")
@library.output({}, status_code=204)
def delete_macro(id: str) -> tuple[str, int]:
    """Delete a macro"""
    return deleted("MACRO", id)


@library.get("/configurations")
@library.input(shapes.OfAst, location="query", arg_name="wish")
@library.output(shapes.Configurations)
def list_configurations(wish: shapes.OfAst) -> dict[str, Any]:
    """Your configurations, then those that others share; of one AST if it is named"""
    found = map(flat, store.visible("CONFIGURATION", user().id))
    return {"items": [each for each in found if wish.ast in ("", each["ast"])]}


@library.get("/configurations/<id>")
@library.output(shapes.Configuration)
def one_configuration(id: str) -> dict[str, Any]:
    """A configuration"""
    return flat(store.get_visible("CONFIGURATION", id, user().id))


@library.post("/configurations")
@library.input(shapes.NewConfiguration, arg_name="wish")
@library.output(shapes.Configuration, status_code=201)
@library.doc(responses={404: NO_SUCH})
def make_configuration(wish: shapes.NewConfiguration) -> tuple[dict[str, Any], int]:
    """Keep a configuration

    Secret parameters are left out: whoever starts a run with it gives them.
    """
    return made("CONFIGURATION", _without_secrets(wish.model_dump())), 201


@library.patch("/configurations/<id>")
@library.input(shapes.ChangedConfiguration, arg_name="wish")
@library.output(shapes.Configuration)
def change_configuration(id: str, wish: shapes.ChangedConfiguration) -> dict[str, Any]:
    """Change, share or unshare a configuration"""
    entry = store.get_owned("CONFIGURATION", id, user().id)
    changes = wish.model_dump(exclude_unset=True, exclude_none=True)
    return changed("CONFIGURATION", id, _without_secrets({"ast": entry.body["ast"], **changes}))


@library.post("/configurations/<id>/clone")
@library.output(shapes.Configuration, status_code=201)
def clone_configuration(id: str) -> tuple[dict[str, Any], int]:
    """A private copy of your own"""
    entry = store.get_visible("CONFIGURATION", id, user().id)
    return made("CONFIGURATION", {"name": f"{entry.name[:90]} (copy)", "shared": False, **entry.body}), 201


@library.delete("/configurations/<id>")
@library.output({}, status_code=204)
def delete_configuration(id: str) -> tuple[str, int]:
    """Delete a configuration"""
    return deleted("CONFIGURATION", id)


def made(kind: Kind, said: dict[str, Any]) -> dict[str, Any]:
    body = {name: value for name, value in said.items() if name not in OUTSIDE}
    return flat(store.create(kind, user().id, user().name, said["name"], body, said["shared"]))


def changed(kind: Kind, id: str, said: dict[str, Any]) -> dict[str, Any]:
    entry = store.get_owned(kind, id, user().id)
    outside = {name: said[name] for name in OUTSIDE if name in said}
    body = entry.body | {name: value for name, value in said.items() if name not in OUTSIDE}
    return flat(store.change(replace(entry, **outside, body=body, owner_name=user().name)))


def deleted(kind: Kind, id: str) -> tuple[str, int]:
    store.delete(store.get_owned(kind, id, user().id))
    return "", 204


def flat(entry: Entry) -> dict[str, Any]:
    own = {name: getattr(entry, name) for name in ("id", "name", "shared", "owner", "owner_name", "updated")}
    return {**entry.body, **own}


def _without_secrets(said: dict[str, Any]) -> dict[str, Any]:
    """Raises NotFound for an AST that is not there."""
    secret = registry.get(said["ast"]).secrets()
    if "parameters" in said:
        said["parameters"] = {name: value for name, value in said["parameters"].items() if name not in secret}
    return said
