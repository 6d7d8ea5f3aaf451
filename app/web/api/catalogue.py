"""What there is: hosts, ASTs, workers. The same for every user; addresses and credentials of hosts are not told."""

from typing import Any

from apiflask import APIBlueprint

from app.asts import registry
from app.broker import protection
from app.broker.workers import workers
from app.store import hosts
from app.web import shapes

catalogue = APIBlueprint("catalogue", __name__, tag="Catalogue")


@catalogue.get("/hosts")
@catalogue.output(shapes.Hosts)
def list_hosts() -> dict[str, Any]:
    """The hosts that sessions can be opened to"""
    return {"items": hosts.all()}


@catalogue.get("/hosts/status")
@catalogue.output(shapes.HostStatuses)
def host_status() -> dict[str, Any]:
    """How each host fares: its breaker, lanes, pace and hours"""
    return {"items": [protection.status(host) for host in hosts.all()]}


@catalogue.get("/asts")
@catalogue.output(shapes.Asts)
def list_asts() -> dict[str, Any]:
    """The ASTs that can be run"""
    return {"items": [ast.describe() for ast in registry.all()]}


@catalogue.get("/asts/<name>")
@catalogue.output(shapes.Ast)
def one_ast(name: str) -> dict[str, Any]:
    """An AST, with the schemas of its items and parameters"""
    return registry.get(name).describe()


@catalogue.get("/status")
@catalogue.output(shapes.Status)
def status() -> dict[str, Any]:
    """The workers that are alive, and their load"""
    return {"workers": workers()}
