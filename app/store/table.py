"""The one table: every call to DynamoDB is made here, every number converted here. Knows no entity.

Runs the same on AWS, DynamoDB Local and dynalite, so it uses neither transactions, streams nor TTL's promptness: expired
rows are left out when read.
"""

import random
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from itertools import batched
from threading import Lock
from typing import Any

import boto3
from boto3.dynamodb.conditions import And, ConditionBase, ConditionExpressionBuilder, Or
from boto3.dynamodb.conditions import Key as KeyCondition
from boto3.dynamodb.types import Binary, TypeDeserializer, TypeSerializer
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from app.config import settings
from app.errors import BadInput, NotReady
from app.store.keys import Key

Row = dict[str, Any]

BATCH_WRITE, BATCH_READ = 25, 100  # DynamoDB's limits
_PATIENCE = 30.0  # seconds for a batch that DynamoDB takes only in parts
_THREADS = 8  # batches in flight for one caller
_POOL = 64  # connections: as many as a worker has threads
_read, _write = TypeDeserializer().deserialize, TypeSerializer().serialize


class ConditionFailed(Exception):
    """The row was not as the condition says. Each store function makes its own NotFound or Conflict of this."""


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
    with _answering():
        answer = client().get_item(TableName=settings().table, Key=_key(key), ConsistentRead=True)
    row = _row(answer["Item"]) if "Item" in answer else None
    return row if row and _lives(row) else None


def put(key: Key, row: Row, condition: ConditionBase | None = None) -> None:
    """Write a whole row. Raises ConditionFailed."""
    with _answering():
        client().put_item(TableName=settings().table, Item=_item(key, row), **_conditional(condition))


def update(
    key: Key, changes: Row, condition: ConditionBase, add: Mapping[str, int] | None = None, answer: bool = True
) -> Row:
    """Change attributes (None removes one; `add` counts up) of exactly one row if the condition holds; the row after it,
    or an empty one without `answer`, which is cheaper.

    Raises ConditionFailed. A retry by botocore after a lost answer can fail its own condition: callers recognise
    their own change by reading the row.
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
            values[f":c{i}"] = _write(_sent(value))
            clauses["SET"].append(f"#c{i} = :c{i}")
    for i, (name, by) in enumerate((add or {}).items()):
        names[f"#a{i}"], values[f":a{i}"] = name, _write(by)
        clauses["ADD"].append(f"#a{i} :a{i}")
    expression = " ".join(f"{verb} {', '.join(parts)}" for verb, parts in clauses.items() if parts)
    if not values:
        del request["ExpressionAttributeValues"]
    with _answering():
        given = client().update_item(
            TableName=settings().table,
            Key=_key(key),
            UpdateExpression=expression,
            ReturnValues="ALL_NEW" if answer else "NONE",
            **request,
        )
    return _row(given.get("Attributes", {}))


def delete(key: Key) -> None:
    with _answering():
        client().delete_item(TableName=settings().table, Key=_key(key))


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
        with _answering():
            answer = client().query(**request)
        yield answer
        if "LastEvaluatedKey" not in answer:
            return
        request = request | {"ExclusiveStartKey": answer["LastEvaluatedKey"]}


def _write_batch(requests: Sequence[Row]) -> None:
    table = settings().table
    for _ in _tries():
        with _answering():
            answer = client().batch_write_item(RequestItems={table: list(requests)})
        requests = answer.get("UnprocessedItems", {}).get(table, [])
        if not requests:
            return


def _read_batch(keys: Sequence[Row]) -> list[Row]:
    table = settings().table
    found: list[Row] = []
    for _ in _tries():
        with _answering():
            answer = client().batch_get_item(RequestItems={table: {"Keys": list(keys), "ConsistentRead": True}})
        found += filter(_lives, map(_row, answer["Responses"].get(table, [])))
        keys = answer.get("UnprocessedKeys", {}).get(table, {}).get("Keys", [])
        if not keys:
            break
    return found


def _tries() -> Iterator[None]:
    """Until patience ends: DynamoDB hands back what it had no capacity for, and that is no error to botocore."""
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
    values = {place: _write(_sent(value)) for one in built for place, value in one.attribute_value_placeholders.items()}
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
    return _key(key) | {name: _write(_sent(value)) for name, value in row.items() if value is not None}


def _row(item: Row) -> Row:
    return {name: _received(_read(value)) for name, value in item.items()}


def _sent(value: Any) -> Any:
    """Python to what boto3 takes: it refuses floats and knows no tuples."""
    if isinstance(value, float):
        return Decimal(repr(value))
    if isinstance(value, Mapping):
        return {name: _sent(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_sent(part) for part in value]
    return value


def _received(value: Any) -> Any:
    """What boto3 gives to Python: whole numbers as int, others as float, bytes as bytes."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, Binary):
        return value.value
    if isinstance(value, dict):
        return {name: _received(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_received(part) for part in value]
    return value


def _lives(row: Row) -> bool:
    return "expires" not in row or row["expires"] > time.time()


@contextmanager
def _answering() -> Iterator[None]:
    """botocore's errors become ours. By then botocore has retried what can be."""
    try:
        yield
    except ClientError as error:
        code = error.response["Error"].get("Code", "")
        if code == "ConditionalCheckFailedException":
            raise ConditionFailed() from None
        if code == "ValidationException" and "size" in str(error).lower():
            raise BadInput("That is more than DynamoDB keeps in one row (400 KB). Send less in one piece.") from error
        raise NotReady(f"DynamoDB refused ({code}). Is the table {settings().table!r} there, and may we use it?") from error
    except BotoCoreError as error:
        raise NotReady(f"DynamoDB does not answer ({type(error).__name__}). Try again in a moment.") from error


def client() -> Any:
    """The process's DynamoDB client; threads share it."""
    with _making:  # boto3's making of clients is not thread-safe; the clients are
        return _made(settings().dynamodb_endpoint, settings().aws_region)


_making = Lock()


@cache
def _made(endpoint: str | None, region: str) -> Any:
    config = Config(
        connect_timeout=3,
        read_timeout=10,
        max_pool_connections=_POOL,
        tcp_keepalive=True,
        parameter_validation=False,  # DynamoDB checks too; here it is a sixth of what a write costs us
        user_agent="iast",  # botocore builds its own anew for each request, for another sixth
        retries={"mode": "standard", "total_max_attempts": 5},
    )
    # A plain-text endpoint is an embedded server: it wants some credentials and looks at none. Others take AWS's own chain.
    local = {"aws_access_key_id": "local", "aws_secret_access_key": "local"} if (endpoint or "").startswith("http:") else {}
    return boto3.session.Session().client("dynamodb", endpoint_url=endpoint, region_name=region, config=config, **local)
