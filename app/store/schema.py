"""Making the table, and asking whether it is there. Safe for any number of processes that start at once."""

import logging
import time
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from app.config import settings
from app.errors import NotReady
from app.store.calls import client
from app.store.table import LISTS, STATES, TABLE, Index

log = logging.getLogger(__name__)

_PATIENCE = 60.0  # seconds until a new table must be active


def make_table() -> None:
    """Make the table if it is missing and wait until it can be used. Raises NotReady."""
    try:
        _create()
        _wait_until_active()
        _expire_rows()
    except (ClientError, BotoCoreError) as error:
        raise NotReady(f"The table {settings().table!r} can't be made: {error}") from error


def ping() -> None:
    """Raises NotReady unless the table can be used."""
    try:
        state = _state()
    except (ClientError, BotoCoreError) as error:
        raise NotReady(f"DynamoDB does not answer, or has no table {settings().table!r} ({type(error).__name__}).") from error
    if state not in ("ACTIVE", "UPDATING"):
        raise NotReady(f"The table {settings().table!r} is {state.lower()}. Try again in a moment.")


def _create() -> None:
    indexes = (TABLE, LISTS, STATES)
    try:
        client().create_table(
            TableName=settings().table,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": n, "AttributeType": "S"} for i in indexes for n in (i.pk, i.sk)],
            KeySchema=_keys(TABLE),
            GlobalSecondaryIndexes=[_index(LISTS, "ALL"), _index(STATES, "KEYS_ONLY")],
        )
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceInUseException":  # somebody made it before us
            raise


def _wait_until_active() -> None:
    end = time.monotonic() + _PATIENCE
    while _state() != "ACTIVE":
        if time.monotonic() > end:
            raise NotReady(f"The table {settings().table!r} is still not active after {_PATIENCE:.0f} s.")
        time.sleep(0.1)


def _expire_rows() -> None:
    try:
        client().update_time_to_live(TableName=settings().table, TimeToLiveSpecification={"Enabled": True, "AttributeName": "expires"})
    except ClientError as error:  # already on, not allowed, or dynalite, which has no TTL: reads leave expired rows out
        log.info("TTL not set: %s", error.response["Error"].get("Code"))


def _state() -> str:
    return str(client().describe_table(TableName=settings().table)["Table"]["TableStatus"])


def _keys(index: Index) -> list[dict[str, str]]:
    return [{"AttributeName": index.pk, "KeyType": "HASH"}, {"AttributeName": index.sk, "KeyType": "RANGE"}]


def _index(index: Index, projection: str) -> dict[str, Any]:
    return {"IndexName": index.name, "KeySchema": _keys(index), "Projection": {"ProjectionType": projection}}
