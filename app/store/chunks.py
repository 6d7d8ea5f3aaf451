"""A run's inputs, packed: chunks of up to 200 items, compressed, sealed, never changed. Items themselves are in items.py.

10,000 rows would take dynalite ten seconds and AWS ten thousand write units; 50 chunks take neither. Sealed, because an
item may be what a person typed: a clerk's user and password, to check that they can sign on.
"""

import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from app.errors import BadInput
from app.sealing import seal, unseal
from app.store import keys, table
from app.store.entities import dump

BLOCK = 200  # items: a chunk never crosses a multiple of it, so the chunks of item n are found without an index
_CHUNK_BYTES = 300_000  # uncompressed; DynamoDB's rows end at 400 KB
MOST_BYTES = 32_000  # of one item
MOST_ITEMS = 1_000_000


class _Missing(Exception):
    """No chunk is there. An exception, so that the cache does not keep it."""


class Input(NamedTuple):
    """What an item is to be done with. `key` is its name for people (may be empty); `duplicate` says that an earlier item has it too."""

    key: str
    duplicate: bool
    values: Mapping[str, Any]


def create_all(run: str, rows: Sequence[tuple[str, Mapping[str, Any]]], expires: int | None) -> None:
    """Write the inputs of a new run, numbered from 0. Duplicate keys stay rows of their own, and are marked.

    Raises BadInput for an item that is too large or no JSON, before anything is written; NotReady after a part, of which
    nobody hears since the run's own row comes last.
    """
    if len(rows) > MOST_ITEMS:
        raise BadInput(f"A run has at most {MOST_ITEMS:,} items. Split the list.")
    packed = [(first, _seal(run, first, texts)) for first, texts in _pack(_texts(rows))]
    table.put_all((keys.chunk(run, first), {"first": first, "inputs": data, "expires": expires}) for first, data in packed)


def input_of(run: str, n: int) -> Input | None:
    """The input of an item; None when the run has no such item."""
    return block(run, n // BLOCK).get(n)


def rows_of(run: str, total: int) -> list[tuple[str, Mapping[str, Any]]]:
    """All (key, input) of a list, as they were given to `create_all`. Raises Unsealable."""
    blocks = range(-(-total // BLOCK))
    return [(each.key, each.values) for b in blocks for _, each in sorted(block(run, b).items())]


def block(run: str, number: int) -> Mapping[int, Input]:
    """Item number -> input, for items `number` * BLOCK up to the next block's; empty past the end. Raises Unsealable."""
    try:
        return _block(run, number)
    except _Missing:
        return {}


@lru_cache(maxsize=32)  # chunks never change; lanes of a worker work side by side on few blocks
def _block(run: str, number: int) -> Mapping[int, Input]:
    first, last = number * BLOCK, (number + 1) * BLOCK - 1
    found = table.rows(
        table.TABLE, keys.run(run)[0], lambda sort: sort.between(keys.chunk(run, first)[1], keys.chunk(run, last)[1])
    )
    inputs = {int(row["first"]) + i: each for row in found for i, each in enumerate(_unseal(run, row))}
    if not inputs:
        raise _Missing()
    return inputs


def _texts(rows: Sequence[tuple[str, Mapping[str, Any]]]) -> Iterator[str]:
    seen: set[str] = set()
    for n, (key, values) in enumerate(rows):
        duplicate = key != "" and key in seen
        seen.add(key)
        text = f"[{json.dumps(key)},{'true' if duplicate else 'false'},{dump(values)}]"
        if len(text.encode()) > MOST_BYTES:
            raise BadInput(f"Item {n + 1} is larger than {MOST_BYTES // 1000} KB. Leave out columns that the AST does not need.")
        yield text


def _pack(texts: Iterator[str]) -> Iterator[tuple[int, list[str]]]:
    first, packed, size = 0, list[str](), 0
    for n, text in enumerate(texts):
        length = len(text.encode()) + 1
        if packed and (n % BLOCK == 0 or size + length > _CHUNK_BYTES):
            yield first, packed
            first, packed, size = n, [], 0
        packed.append(text)
        size += length
    if packed:
        yield first, packed


def _seal(run: str, first: int, texts: Sequence[str]) -> bytes:
    return seal(zlib.compress(f"[{','.join(texts)}]".encode(), 1), _context(run, first))


def _unseal(run: str, row: table.Row) -> list[Input]:
    text = zlib.decompress(unseal(row["inputs"], _context(run, int(row["first"]))))
    return [Input(*each) for each in json.loads(text)]


def _context(run: str, first: int) -> str:
    return f"inputs/{run}/{first}"
