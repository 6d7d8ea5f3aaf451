"""A call to DynamoDB: how it is signed, what is tried again, what an error says."""

import json
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from pytest import MonkeyPatch

from app.errors import BadInput, NotReady
from app.store import calls

type Answer = tuple[int, dict[str, str]]
type Server = Callable[..., list[dict[str, str]]]



@pytest.fixture
def server(monkeypatch: MonkeyPatch) -> Iterator[Server]:
    """Makes a server that gives these answers one after the other (None: it hangs up); what it was asked."""
    asked: list[dict[str, str]] = []
    answers: list[Answer | None] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            asked.append({name.lower(): value for name, value in self.headers.items()} | {"body": body})
            given = answers.pop(0)
            if given is None:
                self.close_connection = True
                return
            text = json.dumps(given[1]).encode()
            self.send_response(given[0])
            self.send_header("content-length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_: object) -> None: ...

    running = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=running.serve_forever, daemon=True).start()
    endpoint = calls.Endpoint(f"http://127.0.0.1:{running.server_port}", "us-east-1", Credentials("AKEY", "SECRET", "a-token/=="))
    monkeypatch.setattr(calls, "_endpoint", lambda: endpoint)
    monkeypatch.setattr(calls.random, "random", lambda: 0.0)  # no pause between tries

    def answering(*given: Answer | None) -> list[dict[str, str]]:
        answers.extend(given)
        return asked

    yield answering
    running.shutdown()
    running.server_close()


def test_a_request_is_signed_as_botocore_signs_it(server: Server) -> None:
    asked = server((200, {}))
    calls.call("GetItem", {"Key": "é"})
    [sent] = asked
    names = sent["authorization"].split("SignedHeaders=")[1].split(",")[0].split(";")
    assert {"host", "x-amz-date", "x-amz-target", "x-amz-security-token"} <= set(names)
    request = AWSRequest("POST", f"http://{sent['host']}/", {name: sent[name] for name in names}, sent["body"].encode())
    request.context["timestamp"] = sent["x-amz-date"]
    signer = SigV4Auth(Credentials("AKEY", "SECRET"), "dynamodb", "us-east-1")
    text = signer.string_to_sign(request, signer.canonical_request(request))
    assert sent["authorization"].endswith(f"Signature={signer.signature(text, request)}")


def test_what_is_asked_again_is_what_another_try_can_help(server: Server) -> None:
    throttled = (400, {"__type": "com.amazonaws.dynamodb.v20120810#ThrottlingException", "message": "slow down"})
    asked = server(None, (500, {"__type": "InternalServerError"}), throttled, (200, {"Item": "x"}))
    assert calls.call("GetItem", {}) == {"Item": "x"}
    assert [one["x-amz-target"] for one in asked] == ["DynamoDB_20120810.GetItem"] * 4


def test_a_server_that_stays_away_is_given_up(server: Server) -> None:
    asked = server(*[None] * 5)
    with pytest.raises(NotReady, match="does not answer"):
        calls.call("GetItem", {})
    assert len(asked) == 5


@pytest.mark.parametrize(
    ("answer", "error", "says"),
    [
        ((400, {"__type": "x#ConditionalCheckFailedException"}), calls.ConditionFailed, None),
        ((400, {"__type": "x#ValidationException", "message": "Item size has exceeded"}), BadInput, "400 KB"),
        ((400, {"__type": "x#ResourceNotFoundException", "message": "no such table"}), NotReady, "ResourceNotFoundException"),
    ],
)
def test_a_refusal_is_told_at_once(server: Server, answer: Answer, error: type[Exception], says: str | None) -> None:
    asked = server(answer)
    with pytest.raises(error, match=says):
        calls.call("UpdateItem", {})
    assert len(asked) == 1


def test_what_dynamodb_says_of_us_is_for_the_log_alone(server: Server, caplog: pytest.LogCaptureFixture) -> None:
    server((403, {"__type": "x#AccessDeniedException", "Message": "arn:aws:iam::123:role/iast may not"}))
    with pytest.raises(NotReady, match="may we use it") as refused:
        calls.call("UpdateItem", {})
    assert "role/iast" not in refused.value.message
    assert "role/iast may not" in caplog.text


def test_without_credentials_it_says_so(monkeypatch: MonkeyPatch) -> None:
    monkeypatch.setattr(calls, "_endpoint", lambda: calls.Endpoint("https://dynamodb.us-east-1.amazonaws.com", "us-east-1", None))
    with pytest.raises(NotReady, match="No AWS credentials"):
        calls.call("GetItem", {})
