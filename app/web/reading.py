"""JSON as others send it, read in one place: UTF-8, and no half of a character, which nothing behind the edge could write down."""

import json
import re
from typing import Any

from flask.json.provider import DefaultJSONProvider

from app.web.problems import bad_input

_HALF = re.compile(r"\\u[dD][89a-fA-F]")  # only an escape can spell one: UTF-8 refuses the bytes


class StrictJson(DefaultJSONProvider):
    """Flask's JSON for every body that a route reads."""

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        return loads(s, **kwargs)


def loads(sent: str | bytes, **options: Any) -> Any:
    """What the JSON text says. Raises BadInput for a lone surrogate, ValueError for what is no JSON or no UTF-8."""
    text = sent.decode("utf-8-sig") if isinstance(sent, bytes) else sent
    value = json.loads(text, **options)
    if _HALF.search(text):
        try:
            json.dumps(value, ensure_ascii=False).encode()
        except UnicodeEncodeError:
            message = "Half of a surrogate pair stands alone in a text. Send whole characters."
            raise bad_input("The JSON holds a text that is no Unicode.", [{"at": "body", "message": message}]) from None
    return value
