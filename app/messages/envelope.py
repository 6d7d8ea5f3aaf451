"""Envelope: input on its way from web to the owner, with who sent it, over which connection, for which session, and when."""

import json
from dataclasses import dataclass
from typing import Any

from pydantic_core import from_json

from app.errors import BadInput
from app.messages.base import VERSION, Message
from app.messages.codec import decode

_PARTS = ("session", "user", "connection")


@dataclass(frozen=True, slots=True)
class Envelope:
    """`sent` is Unix time in seconds by the clock of the web process that took the input from the page."""

    session: str
    user: str
    connection: str
    message: Message
    sent: float = 0.0  # filled in when it is sent

    def encode(self) -> bytes:
        """JSON text; `Envelope.decode` reads it."""
        wire: dict[str, Any] = {part: getattr(self, part) for part in _PARTS}
        wire |= {"v": VERSION, "sent": self.sent, "message": self.message.to_json()}
        return json.dumps(wire, separators=(",", ":")).encode()

    @classmethod
    def decode(cls, data: bytes) -> "Envelope":
        """Raises BadInput."""
        try:
            wire = from_json(data)
            session, user, connection = (str(wire[part]) for part in _PARTS)
            return cls(session, user, connection, decode(wire["message"]), float(wire["sent"]))
        except (ValueError, KeyError, TypeError):
            raise BadInput("That is no envelope.") from None
