"""Results of ended runs in S3: one compressed file of JSON lines a run. Off unless IAST_ARCHIVE names a bucket."""

import gzip
import json
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from functools import cache
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from app.config import settings
from app.errors import NotReady
from app.store import items
from app.store.runs import Run

_IN_MEMORY = 8 << 20  # bytes; a longer run is written to a temporary file first
_KEPT = ("n", "key", "status", "result", "error", "attempt", "duplicate", "answer", "started", "finished")


def wanted() -> bool:
    return settings().archive is not None


def place(run: Run) -> str:
    """The key of a run's file: by day, so that a lifecycle rule or a person finds it."""
    return f"runs/{run.created[:10]}/{run.id}.jsonl.gz"


def put(run: Run, hidden: frozenset[str]) -> str:
    """Write a run and its items, without the input columns in `hidden`; the key of the file. Writing again replaces it.

    Raises NotReady.
    """
    with tempfile.SpooledTemporaryFile(_IN_MEMORY) as file:
        with gzip.open(file, "wt", encoding="utf-8") as lines:  # type: ignore[call-overload]
            for each in _lines(run, hidden):
                lines.write(json.dumps(each, ensure_ascii=False) + "\n")
        file.seek(0)
        try:
            _client(settings().archive_endpoint, settings().aws_region).upload_fileobj(file, settings().archive, place(run))
        except (ClientError, BotoCoreError) as error:
            raise NotReady(f"S3 does not take the run's results ({type(error).__name__}). May we write to {settings().archive}?") from error
        except boto3.exceptions.S3UploadFailedError as error:
            raise NotReady(f"S3 does not take the run's results. May we write to the bucket {settings().archive}?") from error
    return place(run)


def _lines(run: Run, hidden: frozenset[str]) -> Iterator[Mapping[str, Any]]:
    """First the run, then its items by number."""
    yield {name: value for name, value in asdict(run).items() if name != "secrets"}
    cursor = None
    while True:
        found, cursor = items.page(run.id, cursor, 1000)
        for item in found:
            given = {name: value for name, value in item.input.items() if name not in hidden}
            yield {"input": given} | {name: getattr(item, name) for name in _KEPT}
        if cursor is None:
            return


@cache
def _client(endpoint: str | None, region: str) -> Any:
    config = Config(
        connect_timeout=3, read_timeout=30, retries={"mode": "standard", "total_max_attempts": 3},
        request_checksum_calculation="when_required",  # stores that are not AWS know no trailers
        s3={"addressing_style": "path"} if endpoint else {},
    )  # fmt: skip
    return boto3.session.Session().client("s3", endpoint_url=endpoint, region_name=region, config=config)
