"""Message: a frozen value that crosses a process. Knows how it is written as JSON; knows nothing of who carries it."""

import dataclasses
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from pydantic import ConfigDict, Field, Strict

VERSION = 1  # grows when an old reader would misread a new message; added fields with a default don't count
MOST_CELLS = 16_384  # the largest screen a 3270 can address (14-bit addresses, GA23-0059 "Buffer addressing")

# pydantic's lax mode would take True for 1 and "5" for 5: numbers on the wire are numbers
Natural = Annotated[int, Strict(), Field(ge=0, le=2**53 - 1)]  # JavaScript's largest exact integer
Address = Annotated[int, Strict(), Field(ge=0, lt=MOST_CELLS)]
Count = Annotated[int, Strict(), Field(ge=0, le=MOST_CELLS)]
Id = Annotated[str, Field(min_length=1, max_length=100)]
Note = Annotated[str, Field(max_length=2_000)]
Cells = Annotated[str, Field(max_length=MOST_CELLS)]
Flag = Annotated[bool, Strict()]


@dataclass(frozen=True, slots=True)
class Message:
    """What one process tells another. Subclasses name their wire type and say in a line who tells whom."""

    __pydantic_config__ = ConfigDict(extra="forbid")
    type: ClassVar[str]

    def to_json(self) -> dict[str, Any]:
        """The wire form: a JSON object with `type` and `v` beside the fields."""
        wire: dict[str, Any] = {"type": self.type, "v": VERSION}
        for field in dataclasses.fields(self):
            wire[field.name] = getattr(self, field.name)
        return wire
