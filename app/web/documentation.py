"""The OpenAPI document: what APIFlask makes of the routes, with problems as problem documents, sign-in, and the sockets it can't see."""

from typing import Any

from apiflask import APIFlask
from pydantic import BaseModel

from app.web.problems import CONTENT_TYPE
from app.web.shapes import NewRun, Problem, Retried, Verdict
from app.web.shapes_kept import NewTransfer

PROBLEM = {"content": {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}}
READY = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Ready"}}}}
PUBLIC = ("/health", "/auth/login", "/metrics", "/")
SOCKET = {"101": {"description": "A WebSocket of JSON text messages, see docs/api.md"}, "400": {"description": "It asks for no WebSocket"}}


RUN_BODIES = {
    "application/json": {"schema": {"$ref": "#/components/schemas/NewRun"}},
    "text/csv": {"schema": {"type": "string", "description": "The list; ast, host, lanes, name, parameters.NAME stand in the query"}},
    "multipart/form-data": {
        "schema": {
            "type": "object",
            "required": ["file", "ast", "host"],
            "properties": {
                "file": {"type": "string", "format": "binary", "description": "CSV, XLSX or JSON lines, told apart by the name"},
                **{name: {"type": "string"} for name in ("ast", "host", "lanes", "name")},
            },
            "additionalProperties": {"type": "string", "description": "parameters.NAME"},
        }
    },
}
BODIES = {  # of routes that read theirs by themselves (requests.py)
    "/api/v1/runs/preview": {"required": True, "content": RUN_BODIES},
    "/api/v1/runs/{id}/items/{n}/{verdict}": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Verdict"}}}},
    "/api/v1/runs": {"required": True, "content": RUN_BODIES},
    "/api/v1/sessions/{id}/transfers": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "allOf": [
                        {"$ref": "#/components/schemas/NewTransfer"},
                        {"properties": {"file": {"type": "string", "format": "binary"}}},
                    ]
                }
            }
        },
    },
    "/api/v1/runs/{id}/retry": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Retried"}}}},
}
MODELS = (Problem, NewRun, Retried, Verdict, NewTransfer)


def init_app(app: APIFlask) -> None:
    app.config["OPENAPI_VERSION"] = "3.1.0"  # its schemas are JSON schemas as pydantic writes them
    app.config["DESCRIPTION"] = (
        "3270 sessions, and runs of ASTs over lists. Lists are {items, next}: pass `next` as `cursor` for the page after. Every "
        "error is an RFC 9457 problem document whose `code` is for programs and whose `detail` says what to do."
    )
    app.config["SECURITY_SCHEMES"] = {
        "bearer": {
            "type": "http",
            "scheme": "bearer",
            "description": "An access token of the sign-in provider, or the local token of `./iast up`",
        },
        "cookie": {
            "type": "apiKey",
            "in": "cookie",
            "name": "iast",
            "description": "The page's sign-in; changes need the header X-IAST: 1 too",
        },
    }
    app.spec_processor(_complete)  # type: ignore[arg-type]


def _complete(spec: dict[str, Any]) -> dict[str, Any]:
    schemas = spec.setdefault("components", {}).setdefault("schemas", {})
    for model in MODELS:
        schemas.update(_schemas(model))
    for unused in ("HTTPError", "ValidationError"):
        schemas.pop(unused, None)
    paths = spec["paths"]
    paths["/metrics"] = {"get": _plain("Prometheus metrics", "text/plain", "Health")}
    paths["/"] = {"get": _plain("The page", "text/html", "Page")}
    paths["/terminal/{id}"] = {
        "get": {"summary": "A session's screens and keys", "tags": ["Sockets"], "parameters": [_id()], "responses": SOCKET}
    }
    paths["/live"] = {"get": {"summary": "Progress of your runs", "tags": ["Sockets"], "responses": SOCKET}}
    for path, body in BODIES.items():
        paths[path]["post"]["requestBody"] = body
    for path, operations in paths.items():
        for operation in operations.values():
            _mend(path, operation)
    return spec


def _mend(path: str, operation: dict[str, Any]) -> None:
    public = path in PUBLIC or path.startswith("/health")
    operation["security"] = [] if public else [{"bearer": []}, {"cookie": []}]
    answers = operation["responses"]
    if not public:
        answers.setdefault("401", {"description": "Sign in first"})
        answers.setdefault("503", {"description": "A part of IAST does not answer; try again"})
    if "requestBody" in operation:
        answers.setdefault("400", {"description": "The body is not what its Content-Type says"})
        answers.setdefault("413", {"description": "The body is too large"})
        answers.setdefault("422", {"description": "Something in it can't be used"})
    if "{" in path:
        answers.setdefault("404", {"description": "There is none of yours"})
    for status, answer in answers.items():
        if path == "/health/ready":
            answer.update(READY)  # whatever its status
        elif status >= "400":
            answer.update(PROBLEM)
        elif status == "302":
            answer.pop("content", None)  # where to go is a header


def _schemas(model: type[BaseModel]) -> dict[str, Any]:
    schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
    return {**schema.pop("$defs", {}), model.__name__: schema}


def _plain(summary: str, kind: str, tag: str) -> dict[str, Any]:
    return {
        "summary": summary,
        "tags": [tag],
        "responses": {"200": {"description": summary, "content": {kind: {"schema": {"type": "string"}}}}},
    }


def _id() -> dict[str, Any]:
    return {"in": "path", "name": "id", "required": True, "schema": {"type": "string"}}
