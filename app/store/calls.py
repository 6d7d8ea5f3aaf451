"""A call to DynamoDB: its JSON protocol, signed and sent by libcurl, tried again when that can help. Knows no table.

boto3's client does the same in several times the processor time, and a worker makes three calls an item. It is still
asked where DynamoDB is and who we are, and makes the table (schema.py).
"""

import json
import logging
import os
import random
import time
from collections import deque
from functools import cache
from threading import Lock
from typing import Any
from urllib.parse import urlsplit

import boto3
import pycurl
from botocore.config import Config
from botocore.exceptions import BotoCoreError
from botocore.httpsession import get_cert_path

from app.config import settings
from app.errors import BadInput, NotReady

log = logging.getLogger(__name__)

_TRIES = 5
_CONNECT_SECONDS, _ANSWER_SECONDS = 3, 10
_AGAIN = ("ThrottlingException", "ProvisionedThroughputExceededException", "RequestLimitExceeded", "TransactionInProgressException")


class ConditionFailed(Exception):
    """The row was not as the condition says. Each store function makes its own NotFound or Conflict of this."""


def call(operation: str, request: dict[str, Any]) -> dict[str, Any]:
    """Ask DynamoDB for `operation`; its answer. Raises ConditionFailed, BadInput (too large), NotReady (it refuses, or stays away).

    Sent again when an answer is lost: then a condition can fail by our own write. Callers recognise theirs by reading the row.
    """
    body, silence = json.dumps(request).encode(), ""
    for attempt in range(_TRIES):
        if attempt:
            time.sleep(random.random() * 2 ** (attempt - 1))
        try:
            status, answer = _endpoint().ask(operation, body)
        except (pycurl.error, BotoCoreError) as error:
            silence = str(error.args[-1]) if error.args else type(error).__name__
            continue
        if status == 200:
            return answer
        code = str(answer.get("__type", status)).rpartition("#")[2]
        if code == "ConditionalCheckFailedException":
            raise ConditionFailed()
        if status < 500 and status != 429 and code not in _AGAIN:
            raise _refused(operation, code, str(answer.get("message") or answer.get("Message", "")))
        silence = code
    raise NotReady(f"DynamoDB does not answer ({silence}). Try again in a moment.")


def _refused(operation: str, code: str, message: str) -> Exception:
    if code == "ValidationException" and "size" in message.lower():
        return BadInput("That is more than DynamoDB keeps in one row (400 KB). Send less in one piece.")
    log.error("DynamoDB refused %s: %s: %s", operation, code, message[:500])  # it may name a role or an account: not for people
    return NotReady(f"DynamoDB refused ({code}). Is the table {settings().table!r} there, and may we use it?")


class Endpoint:
    """DynamoDB at one address, for one process. A handle of libcurl keeps its connection, and serves one call at a time."""

    def __init__(self, url: str, region: str, credentials: Any) -> None:
        """`credentials` are botocore's, which renew themselves; None when it found none."""
        self._url, self._region, self._credentials = url, region, credentials
        self._idle: deque[pycurl.Curl] = deque()  # as many as were ever needed at once: a worker's threads

    def ask(self, operation: str, body: bytes) -> tuple[int, dict[str, Any]]:
        """Status and answer. Raises pycurl.error when there is none, NotReady, BotoCoreError."""
        if self._credentials is None:
            raise NotReady("No AWS credentials were found: set them as for any AWS tool, or DYNAMODB_ENDPOINT to a server of your own.")
        who = self._credentials.get_frozen_credentials()
        headers = ["Content-Type: application/x-amz-json-1.0", f"X-Amz-Target: DynamoDB_20120810.{operation}", "Expect:"]
        if who.token:
            headers.append(f"X-Amz-Security-Token: {who.token}")
        try:
            handle = self._idle.pop()
        except IndexError:
            handle = self._handle()
        try:
            handle.setopt(pycurl.USERPWD, f"{who.access_key}:{who.secret_key}")
            handle.setopt(pycurl.HTTPHEADER, headers)
            handle.setopt(pycurl.POSTFIELDS, body)
            text, status = handle.perform_rb(), int(handle.getinfo(pycurl.RESPONSE_CODE))
        finally:
            self._idle.append(handle)
        try:
            return status, json.loads(text)
        except ValueError:
            return status if status != 200 else 502, {}  # something on the way answered

    def _handle(self) -> pycurl.Curl:
        handle = pycurl.Curl()
        handle.setopt(pycurl.URL, self._url)
        handle.setopt(pycurl.AWS_SIGV4, f"aws:amz:{self._region}:dynamodb")
        handle.setopt(pycurl.NOSIGNAL, 1)  # threads
        handle.setopt(pycurl.TCP_KEEPALIVE, 1)
        handle.setopt(pycurl.CONNECTTIMEOUT, _CONNECT_SECONDS)
        handle.setopt(pycurl.TIMEOUT, _CONNECT_SECONDS + _ANSWER_SECONDS)
        if urlsplit(self._url).scheme == "https":
            handle.setopt(pycurl.CAINFO, os.environ.get("AWS_CA_BUNDLE") or get_cert_path(True))
        return handle


def client() -> Any:
    """boto3's own client, for what is asked once; its errors are botocore's."""
    with _making:
        return _made(settings().dynamodb_endpoint, settings().aws_region)[0]


def _endpoint() -> Endpoint:
    with _making:
        return _made(settings().dynamodb_endpoint, settings().aws_region)[1]


_making = Lock()  # boto3's making of sessions and clients is not thread-safe


@cache
def _made(address: str | None, region: str) -> tuple[Any, Endpoint]:
    # A plain-text address is an embedded server's: it wants some credentials and looks at none. Others take AWS's own chain.
    local = {"aws_access_key_id": "local", "aws_secret_access_key": "local"} if (address or "").startswith("http:") else {}
    session = boto3.session.Session(region_name=region, **local)
    retries = {"mode": "standard", "total_max_attempts": _TRIES}
    config = Config(connect_timeout=_CONNECT_SECONDS, read_timeout=_ANSWER_SECONDS, retries=retries)
    made = session.client("dynamodb", endpoint_url=address, config=config)
    return made, Endpoint(made.meta.endpoint_url, region, session.get_credentials())
