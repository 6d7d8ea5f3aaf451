"""The messages as JSON schema, for the page's types to be held against: `python -m app.messages.schema > tests/vectors/messages.json`."""

import json
import sys
from typing import Any, TextIO

from pydantic import TypeAdapter

from app.messages.codec import MESSAGES, TO_PAGE
from app.messages.input import FROM_PAGE
from app.messages.screens import FLAGS, WireScreen


def schema() -> dict[str, Any]:
    """{"from_page": [type...], "to_page": [type...], "messages": {type: JSON schema}, "screen": JSON schema, "flags": {bit: name}}.

    Every message has `type` and `v` besides; those two are in no schema here.
    """
    return {
        "from_page": [kind.type for kind in FROM_PAGE],
        "to_page": [kind.type for kind in TO_PAGE],
        "messages": {kind.type: _of(kind) for kind in MESSAGES},
        "screen": _of(WireScreen),
        "flags": {str(bit): name for bit, name in FLAGS.items()},
    }


def _of(kind: type) -> dict[str, Any]:
    made = TypeAdapter(kind).json_schema(mode="serialization")
    made.pop("description", None)  # a docstring may change without a change of the wire
    return made


def write(to: TextIO) -> None:
    json.dump(schema(), to, indent=1, sort_keys=True)
    to.write("\n")


if __name__ == "__main__":
    write(sys.stdout)
