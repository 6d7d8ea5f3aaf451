"""Bodies that APIFlask can't read by itself: a run as JSON, CSV or a form with a file; and JSON that may be left out."""

from typing import Any

from flask import request
from pydantic import BaseModel, ValidationError
from werkzeug.exceptions import UnsupportedMediaType

from app.errors import BadInput
from app.web import lists, problems, shapes
from app.web.lists import Rows

FORM_NUMBERS = ("lanes", "priority", "canary", "item_seconds", "park")
FORM_FLAGS = {"true": True, "false": False}


def new_run() -> tuple[shapes.NewRun, Rows]:
    """Raises BadInput naming what is wrong, UnsupportedMediaType."""
    kind = request.mimetype
    if kind == "application/json":
        wish = _wish(request.get_json())
        return wish, _rows_of(wish)
    if kind == "text/csv":
        body = request.get_data()  # first of all: it may be too large
        return _wish(_settings(request.args.to_dict())), lists.from_bytes(body, "body.csv")
    if kind == "multipart/form-data":
        return _wish(_settings(_form())), _rows_of_file()
    raise UnsupportedMediaType()


def optional[Model: BaseModel](kind: type[Model]) -> Model:
    """The JSON body, or the model's defaults without one. Raises BadInput."""
    return _read(kind, request.get_json(force=True) if request.get_data() else {})


def form[Model: BaseModel](kind: type[Model]) -> Model:
    """A form's texts as a model: numbers and truths among them are read as the model wants them. Raises BadInput."""
    try:
        return kind.model_validate(_form(), strict=False)
    except ValidationError as error:
        raise problems.invalid(error) from None


def _form() -> dict[str, str]:
    """The texts of a form by their names. Raises BadInput: a part need not have a name."""
    texts: dict[str | None, str] = request.form.to_dict()  # type: ignore[assignment]
    if None in texts:
        raise BadInput("A part of the form has no name. Each needs one, such as `ast`.")
    return texts  # type: ignore[return-value]


def _wish(wire: Any) -> shapes.NewRun:
    return _read(shapes.NewRun, wire)


def _read[Model: BaseModel](kind: type[Model], wire: Any) -> Model:
    try:
        return kind.model_validate(wire)
    except ValidationError as error:
        raise problems.invalid(error) from None


def _settings(texts: dict[str, str]) -> dict[str, Any]:
    """A query or a form has only texts: numbers among them are read, `parameters.NAME` go where they belong."""
    wire: dict[str, Any] = {"parameters": {}}
    for name, text in texts.items():
        group, _, inner = name.partition(".")
        if group == "parameters" and inner:
            wire["parameters"][inner] = text
        else:
            wire[name] = _value(name, text)
    return wire


def _value(name: str, text: str) -> str | int | bool:
    if name in FORM_NUMBERS and text.isdecimal() and len(text) < 7:
        return int(text)
    return FORM_FLAGS.get(text, text) if name == "dry_run" else text


def _rows_of(wish: shapes.NewRun) -> Rows:
    return lists.sent(wish.items, wish.csv)


def _rows_of_file() -> Rows:
    files = request.files.getlist("file")
    if len(files) != 1:
        raise BadInput("Send the list as one file in the form field `file`.", errors=[{"at": "file", "message": "one file, please"}])
    return lists.from_bytes(files[0].read(), files[0].filename or "")
