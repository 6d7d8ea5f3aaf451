"""Every error as RFC 9457 problem details. Says what to do; never shows a traceback, a value that was sent, or a name from our insides."""

import logging
import secrets
from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Any

import apiflask
from flask import Flask, Response, json, render_template, request
from pydantic import ValidationError
from werkzeug.exceptions import HTTPException
from werkzeug.http import HTTP_STATUS_CODES
from wsproto.utilities import RemoteProtocolError

from app.errors import BadInput, IastError

log = logging.getLogger(__name__)

CONTENT_TYPE = "application/problem+json"
MOST_ERRORS = 20  # a wrong file has a wrong line on every line: name the first ones
WORDS = {  # for errors that werkzeug raises, whose own words are for programmers
    400: ("bad-request", "The request can't be read. Check that its body is what its Content-Type says."),
    404: ("not-found", "There is nothing at this address. GET /api/v1/openapi.json lists every route."),
    405: ("method-not-allowed", "This address does not take that method. The Allow header lists those it takes."),
    413: ("too-large", "The body is too large. A list of items may have 100,000 lines and 32 MB."),
    415: ("unsupported-media-type", "This address does not take that Content-Type. GET /api/v1/openapi.json lists those it takes."),
}


def init_app(app: Flask) -> None:
    """Answer every exception with a problem document (for a browser's own navigation, a small page)."""
    app.register_error_handler(IastError, _ours)
    app.register_error_handler(apiflask.HTTPError, _refused_by_apiflask)
    app.register_error_handler(HTTPException, _werkzeug)
    for hostile in (RecursionError, RemoteProtocolError):  # JSON nested without end; an upgrade that is none
        app.register_error_handler(hostile, lambda _: answer(400, *WORDS[400]))
    app.register_error_handler(Exception, _unexpected)


def invalid(error: ValidationError) -> BadInput:
    """What a pydantic model refused: where, and what is wanted; not what was sent."""
    faults = error.errors(include_input=False, include_url=False, include_context=False)
    errors = [{"at": ".".join(str(part) for part in fault["loc"]) or "body", "message": fault["msg"]} for fault in faults]
    return bad_input("Some fields can't be used; `errors` says which and why.", errors)


def bad_input(message: str, errors: list[dict[str, Any]]) -> BadInput:
    """BadInput with the places that are wrong, the first MOST_ERRORS of them."""
    return BadInput(message, errors=errors[:MOST_ERRORS], errors_in_all=len(errors))


def document(status: int, code: str, detail: str, facts: Mapping[str, Any]) -> dict[str, Any]:
    """The body: type, title, status, detail, code, and facts such as `errors` ([{at, message}])."""
    title = HTTP_STATUS_CODES.get(status, "Error")
    return {**facts, "type": f"urn:iast:problem:{code}", "title": title, "status": status, "detail": detail, "code": code}


def answer(status: int, code: str, detail: str, facts: Mapping[str, Any] = MappingProxyType({})) -> Response:
    body = document(status, code, detail, facts)
    if _wants_a_page():
        response = Response(render_template("problem.html", problem=body), status, content_type="text/html; charset=utf-8")
    else:
        response = Response(json.dumps(body), status, content_type=CONTENT_TYPE)
    if status == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = 'Bearer realm="iast"'
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        response.headers["Retry-After"] = "2"
    return response


def _wants_a_page() -> bool:
    kinds = request.accept_mimetypes
    return not request.path.startswith("/api/") and kinds.accept_html and not kinds.accept_json


def _ours(error: IastError) -> Response:
    if error.status >= HTTPStatus.INTERNAL_SERVER_ERROR and error.code == "internal":
        return _unexpected(error)
    return answer(error.status, error.code, error.message, error.facts)


def _refused_by_apiflask(error: apiflask.HTTPError) -> Response:
    """APIFlask's validation errors: {location: {field: [message, ...]}}."""
    detail = error.detail if isinstance(error.detail, dict) else {}
    errors = [
        {"at": str(field) if location == "json" else f"{location}.{field}", "message": message}
        for location, fields in detail.items()
        for field, messages in fields.items()
        for message in messages
    ]
    return _ours(bad_input("Some fields can't be used; `errors` says which and why.", errors))


def _werkzeug(error: HTTPException) -> Response:
    if error.code is None or error.code < HTTPStatus.BAD_REQUEST:
        return Response(error.get_response().get_data(), error.code, error.get_headers())  # a redirect is no problem
    title = HTTP_STATUS_CODES.get(error.code, "Error")
    code, detail = WORDS.get(error.code, (title.lower().replace(" ", "-"), f"{title}."))
    response = answer(error.code, code, detail)
    kept = ("Allow", "Retry-After")
    response.headers.extend((name, value) for name, value in error.get_headers() if name in kept)
    return response


def _unexpected(error: Exception) -> Response:
    reference = secrets.token_hex(6)
    log.error("%s %s failed, reference %s", request.method, request.path, reference, exc_info=error)
    detail = f"Something went wrong on our side. Tell whoever runs IAST the reference {reference}."
    return answer(500, "internal", detail, {"reference": reference})
