"""The one table of messages, and decoding by it. Whatever is not in the table, or not in its shape, is BadInput."""

from typing import Any

from pydantic import TypeAdapter, ValidationError
from pydantic_core import from_json

from app.errors import BadInput
from app.messages.base import VERSION, Message
from app.messages.input import FROM_PAGE, Attached, Detached
from app.messages.output import (
    SCREENS,
    ControlState,
    KeyRefused,
    KeyTaken,
    PrinterState,
    Problem,
    RunProgress,
    SessionState,
)

TO_PAGE = (*SCREENS, KeyTaken, KeyRefused, SessionState, ControlState, PrinterState, RunProgress, Problem)
MESSAGES: tuple[type[Message], ...] = (*FROM_PAGE, Attached, Detached, *TO_PAGE)
_adapters: dict[str, TypeAdapter[Any]] = {kind.type: TypeAdapter(kind) for kind in MESSAGES}


def decode(wire: object) -> Message:
    """The message in a JSON object; BadInput says which part of it is wrong, never what was in it."""
    if not isinstance(wire, dict):
        raise BadInput("A message is a JSON object.")
    adapter = _adapters.get(str(wire.get("type")))
    if adapter is None:
        raise BadInput("No message has that type.")
    if wire.get("v", VERSION) != VERSION:
        raise BadInput(f"This side speaks version {VERSION} of the messages. Reload the page.")
    try:
        return adapter.validate_python({k: x for k, x in wire.items() if k not in ("type", "v")})  # type: ignore[no-any-return]
    except ValidationError as error:
        raise BadInput(_complaint(str(wire["type"]), error)) from None  # `from` would carry what was typed into logs


def decode_json(text: str | bytes) -> Message:
    """The message in JSON text. Raises BadInput."""
    try:
        wire = from_json(text, allow_inf_nan=False)
    except ValueError:
        raise BadInput("A message is JSON text.") from None
    return decode(wire)


def from_page(text: str | bytes) -> Message:
    """The message a page sent; BadInput also for messages that are not a page's to send."""
    message = decode_json(text)
    if not isinstance(message, FROM_PAGE):
        raise BadInput(f"A page can't send {message.type!r}.")
    return message


def _complaint(kind: str, error: ValidationError) -> str:
    first = error.errors(include_input=False, include_url=False, include_context=False)[0]
    where = ".".join(str(part) for part in first["loc"])
    return f"{kind}: {where[:80]}: {first['msg']}"
