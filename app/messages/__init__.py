"""All that crosses a process: message types, versioned, and their encoding. Pure: no socket, no queue, no clock."""

from app.messages.base import VERSION, Message
from app.messages.codec import MESSAGES, TO_PAGE, decode, decode_json, from_page
from app.messages.envelope import Envelope
from app.messages.input import (
    FROM_PAGE,
    KEYED,
    AidPressed,
    Attached,
    ControlGiven,
    ControlTaken,
    Detached,
    Repaint,
    ResetPressed,
)
from app.messages.output import (
    SCREENS,
    ControlState,
    KeyRefused,
    KeyTaken,
    PrinterState,
    Problem,
    RunProgress,
    ScreenChanged,
    ScreenShown,
    SessionState,
)
from app.messages.screens import decode_screen, encode_screen, shown

__all__ = [
    "FROM_PAGE", "KEYED", "MESSAGES", "SCREENS", "TO_PAGE", "VERSION",
    "AidPressed", "Attached", "ControlGiven", "ControlState", "ControlTaken", "Detached", "Envelope", "KeyRefused",
    "KeyTaken", "Message", "PrinterState", "Problem", "Repaint", "ResetPressed", "RunProgress", "ScreenChanged", "ScreenShown",
    "SessionState", "decode", "decode_json", "decode_screen", "encode_screen", "from_page", "shown",
]  # fmt: skip
