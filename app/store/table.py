"""The one table: every call to DynamoDB is made here, every number converted here. Knows no entity.

Runs the same on AWS, DynamoDB Local and dynalite, so it uses neither transactions, streams nor TTL's promptness: expired
rows are left out when read.
"""

import base64
import random
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import batched
from typing import Any

from boto3.dynamodb.conditions import And, ConditionBase, ConditionExpressionBuilder, Or
from boto3.dynamodb.conditions import Key as KeyCondition

from app.config import settings
from app.errors import NotReady
from app.store.calls import ConditionFailed, call
from app.store.keys import Key

__all__ = ["ConditionFailed"]

Row = dict[str, Any]

BATCH_WRITE, BATCH_READ = 25, 100  # DynamoDB's limits
_PATIENCE = 30.0  # seconds for a batch that DynamoDB takes only in parts
_THREADS = 8  # batches in flight for one caller


@dataclass(frozen=True, slots=True)
class Index:
    name: str | None
    pk: str
    sk: str


TABLE = Index(None, "pk", "sk")
LISTS = Index("gsi1", "gsi1pk", "gsi1sk")  # projects whole rows
STATES = Index("gsi2", "gsi2pk", "gsi2sk")  # projects keys: cheap to count


def get(key: Key) -> Row | None:
    """The row as last written; None when there is none or it has expired."""
    answer = call("GetItem", {"TableName": settings().table, "Key": _key(key), "ConsistentRead": True})
    row = _row(answer["Item"]) if "Item" in answer else None
    return row if row and _lives(row) else None


def put(key: Key, row: Row, condition: ConditionBase | None = None) -> None:
    """Write a whole row. Raises ConditionFailed."""
    call("PutItem", {"TableName": settings().table, "Item": _item(key, row), **_conditional(condition)})


def update(key: Key, changes: Row, condition: ConditionBase, add: Mapping[str, int] | None = None, answer: bool = True) -> Row:
    """Change attributes (None removes one; `add` counts up) of exactly one row if the condition holds; the row after it,
    or an empty one without `answer`, which is cheaper.

    Raises ConditionFailed, also when it was our own change, sent again after a lost answer: callers recognise theirs by
    reading the row.
    """
    request = _conditional(condition)
    names = request.setdefault("ExpressionAttributeNames", {})
    values = request.setdefault("ExpressionAttributeValues", {})
    clauses = {"SET": [], "REMOVE": [], "ADD": []}  # type: dict[str, list[str]]
    for i, (name, value) in enumerate(changes.items()):
        names[f"#c{i}"] = name
        if value is None:
            clauses["REMOVE"].append(f"#c{i}")
        else:
            values[f":c{i}"] = _sent(value)
            clauses["SET"].append(f"#c{i} = :c{i}")
    for i, (name, by) in enumerate((add or {}).items()):
        names[f"#a{i}"], values[f":a{i}"] = name, _sent(by)
        clauses["ADD"].append(f"#a{i} :a{i}")
    expression = " ".join(f"{verb} {', '.join(parts)}" for verb, parts in clauses.items() if parts)
    if not values:
        del request["ExpressionAttributeValues"]
    request |= {"TableName": settings().table, "Key": _key(key), "UpdateExpression": expression}
    given = call("UpdateItem", request | {"ReturnValues": "ALL_NEW" if answer else "NONE"})
    return _row(given.get("Attributes", {}))


def delete(key: Key) -> None:
    call("DeleteItem", {"TableName": settings().table, "Key": _key(key)})


def rows(
    index: Index,
    partition: str,
    span: Callable[[Any], ConditionBase] | None = None,
    *,
    newest_first: bool = False,
    page: int | None = None,
    attributes: Sequence[str] = (),
) -> Iterator[Row]:
    """Rows of a partition in order of the sort key, past DynamoDB's pages, expired ones left out.

    `span` narrows by the sort key: `lambda sort: sort.between(low, high)`. `page` is how many the caller is likely to take.
    Reads of the table itself are consistent; an index may be a moment behind (on AWS, not on dynalite).
    """
    request = _query(index, partition, span, attributes)
    request |= {"ScanIndexForward": not newest_first, "ConsistentRead": index is TABLE}
    if page:
        request["Limit"] = page
    for answer in _pages(request):
        yield from filter(_lives, map(_row, answer["Items"]))


def count(index: Index, partition: str) -> int:
    """How many rows a partition has; reads no row. Counts expired ones too: their partitions expire whole."""
    request = _query(index, partition, None, ()) | {"Select": "COUNT"}
    return sum(int(answer["Count"]) for answer in _pages(request))


def put_all(written: Iterable[tuple[Key, Row]]) -> None:
    """Write whole rows without condition, in batches side by side. Raises NotReady when DynamoDB does not take all of them;
    some are written then."""
    requests = ({"PutRequest": {"Item": _item(key, row)}} for key, row in written)
    parallel(_write_batch, batched(requests, BATCH_WRITE))


def get_all(keys: Iterable[Key]) -> list[Row]:
    """The rows of these keys as last written, in no order; missing and expired ones left out."""
    found = parallel(_read_batch, batched(map(_key, dict.fromkeys(keys)), BATCH_READ))
    return [row for batch in found for row in batch]


def parallel[T, R](work: Callable[[T], R], things: Iterable[T]) -> list[R]:
    """Do `work` on each, a few at a time; results in order, the first error raised."""
    listed = list(things)
    if len(listed) < 2:
        return [work(thing) for thing in listed]
    with ThreadPoolExecutor(min(_THREADS, len(listed)), thread_name_prefix="iast-store") as pool:
        return list(pool.map(work, listed))


def _query(index: Index, partition: str, span: Callable[[Any], ConditionBase] | None, attributes: Sequence[str]) -> Row:
    condition: ConditionBase = KeyCondition(index.pk).eq(partition)
    if span:
        condition = condition & span(KeyCondition(index.sk))
    expression, names, values = _expression(condition, is_key_condition=True)
    request: Row = {
        "TableName": settings().table,
        "KeyConditionExpression": expression,
        "ExpressionAttributeNames": names,
        "ExpressionAttributeValues": values,
    }
    if index.name:
        request["IndexName"] = index.name
    if attributes:
        names |= {f"#p{i}": name for i, name in enumerate(attributes)}
        request["ProjectionExpression"] = ", ".join(f"#p{i}" for i in range(len(attributes)))
    return request


def _pages(request: Row) -> Iterator[Row]:
    while True:
        answer = call("Query", request)
        yield answer
        if "LastEvaluatedKey" not in answer:
            return
        request = request | {"ExclusiveStartKey": answer["LastEvaluatedKey"]}


def _write_batch(requests: Sequence[Row]) -> None:
    table = settings().table
    for _ in _tries():
        answer = call("BatchWriteItem", {"RequestItems": {table: list(requests)}})
        requests = answer.get("UnprocessedItems", {}).get(table, [])
        if not requests:
            return


def _read_batch(keys: Sequence[Row]) -> list[Row]:
    table = settings().table
    found: list[Row] = []
    for _ in _tries():
        answer = call("BatchGetItem", {"RequestItems": {table: {"Keys": list(keys), "ConsistentRead": True}}})
        found += filter(_lives, map(_row, answer["Responses"].get(table, [])))
        keys = answer.get("UnprocessedKeys", {}).get(table, {}).get("Keys", [])
        if not keys:
            break
    return found


def _tries() -> Iterator[None]:
    """Until patience ends: DynamoDB hands back what it had no capacity for, and that is no error to it."""
    end, pause = time.monotonic() + _PATIENCE, 0.05
    while time.monotonic() < end:
        yield
        time.sleep(pause * random.uniform(0.5, 1))
        pause = min(2 * pause, 2.0)
    raise NotReady("DynamoDB takes no more for now. Try again in a moment, or raise the table's capacity.")


def _conditional(condition: ConditionBase | None) -> Row:
    if condition is None:
        return {}
    expression, names, values = _expression(condition)
    request: Row = {"ConditionExpression": expression, "ExpressionAttributeNames": names}
    if values:
        request["ExpressionAttributeValues"] = values
    return request


def _expression(condition: ConditionBase, is_key_condition: bool = False) -> tuple[str, dict[str, str], Row]:
    """A condition as text, its names and its values. A chain of ANDs (or of ORs) goes without boto3's nested parentheses:
    dynalite's parser takes many times as long over each level."""
    builder, parts = ConditionExpressionBuilder(), _chain(condition, type(condition))
    built = [builder.build_expression(part, is_key_condition) for part in parts]
    names = {place: name for one in built for place, name in one.attribute_name_placeholders.items()}
    values = {place: _sent(value) for one in built for place, value in one.attribute_value_placeholders.items()}
    between = " OR " if isinstance(condition, Or) else " AND "
    return between.join(one.condition_expression for one in built), names, values


def _chain(condition: ConditionBase, kind: type[ConditionBase]) -> list[ConditionBase]:
    """The operands of ANDs of ANDs, or of ORs of ORs; what is neither by itself."""
    if kind not in (And, Or) or type(condition) is not kind:
        return [condition]
    return [part for operand in condition.get_expression()["values"] for part in _chain(operand, kind)]


def _key(key: Key) -> Row:
    return {"pk": {"S": key[0]}, "sk": {"S": key[1]}}


def _item(key: Key, row: Row) -> Row:
    return _key(key) | {name: _sent(value) for name, value in row.items() if value is not None}


def _row(item: Row) -> Row:
    return {name: _received(value) for name, value in item.items()}


def _sent(value: Any) -> dict[str, Any]:
    """Python to DynamoDB's typed JSON. Raises TypeError for what no row holds."""
    match value:
        case str():
            return {"S": value}
        case None:
            return {"NULL": True}
        case bool():
            return {"BOOL": value}
        case int() | float():
            return {"N": repr(value)}
        case bytes():
            return {"B": base64.b64encode(value).decode()}
        case Mapping():
            return {"M": {name: _sent(part) for name, part in value.items()}}
        case list() | tuple():
            return {"L": [_sent(part) for part in value]}
    raise TypeError(f"no row holds a {type(value).__name__}")


def _received(typed: dict[str, Any]) -> Any:
    """DynamoDB's typed JSON to Python: whole numbers as int, others as float."""
    [(kind, value)] = typed.items()
    match kind:
        case "N":
            return _number(value)
        case "NULL":
            return None
        case "B":
            return base64.b64decode(value)
        case "M":
            return {name: _received(part) for name, part in value.items()}
        case "L":
            return [_received(part) for part in value]
    return value


def _number(text: str) -> int | float:
    try:
        return int(text)
    except ValueError:
        number = float(text)
        return int(number) if number.is_integer() else number


def _lives(row: Row) -> bool:
    return "expires" not in row or row["expires"] > time.time()
