"""Results of ended runs in a bucket. The bucket is a small HTTP server: no S3 can run here."""

import gzip
import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from app.broker.connection import client
from app.broker.names import lock_key
from app.store import runs
from tests.demo_host import Host
from tests.farm_parts import OWNER, Farm, farm_of, policies
from tests.processes import wait_until


class Bucket(ThreadingHTTPServer):
    """Takes objects, as S3 does in path style; refuses the first `failing` requests for good."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Request)
        self.objects: dict[str, bytes] = {}
        self.failing = 0
        Thread(target=self.serve_forever, daemon=True).start()

    def lines(self, key: str) -> list[dict[str, Any]]:
        return [json.loads(line) for line in gzip.decompress(self.objects[key]).decode().splitlines()]


class Request(BaseHTTPRequestHandler):
    server: Bucket

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.failing -= 1
        if self.server.failing < 0:
            self.server.objects[self.path] = body
        self.send_response(200 if self.server.failing < 0 else 403)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None: ...


@pytest.fixture
def bucket() -> Iterator[Bucket]:
    with Bucket() as server:
        yield server
        server.shutdown()


@pytest.fixture
def farm(tmp_path: Path, platform: dict[str, str], bucket: Bucket) -> Iterator[Farm]:
    address = {"IAST_ARCHIVE": "results", "IAST_ARCHIVE_ENDPOINT": f"http://127.0.0.1:{bucket.server_port}"}
    keys = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
    with farm_of(tmp_path / "farm", {**platform, **address, **keys}, 9) as farm:
        farm.start()
        yield farm


def test_a_run_that_is_over_is_in_the_bucket_with_every_item_and_no_secret(farm: Farm, bucket: Bucket, tmp_path: Path) -> None:
    bucket.failing = 1  # it is tried again
    with Host(tmp_path) as demo:
        host = farm.host(demo)
        run = farm.run(host, policies(0, 7))
        ended = farm.ended(run)
        key = f"/results/runs/{ended.created[:10]}/{run}.jsonl.gz"
        wait_until(lambda: key in bucket.objects, 30, f"the archive\n{farm.logs()}")
        head, *items = bucket.lines(key)
        assert (head["id"], head["owner"], head["status"]) == (run, OWNER, "finished")
        assert [item["key"] for item in items] == policies(0, 7)
        assert all(item["status"] == "succeeded" and item["result"]["holder"] for item in items)
        word = "zqarchive"
        secret = farm.run(host, [], "login", rows=[("DEMO01", {"user": "DEMO01"})], parameters={"password": word}, secret=["password"])
        key = f"/results/runs/{farm.ended(secret).created[:10]}/{secret}.jsonl.gz"
        wait_until(lambda: key in bucket.objects, 30, f"the second archive\n{farm.logs()}")
        assert word not in json.dumps(bucket.lines(key))


def test_a_run_that_was_not_archived_when_it_ended_is_found_and_archived(farm: Farm, bucket: Bucket, tmp_path: Path) -> None:
    with Host(tmp_path) as demo:
        run = farm.run(farm.host(demo), policies(0, 3))
        client().set(lock_key(f"archive.{run}"), "1")  # its end asks for nothing
        ended = farm.ended(run)
        wait_until(lambda: runs.unarchived() == [run], 10, "its being listed")
        assert not bucket.objects
        client().delete(lock_key(f"archive.{run}"))  # as when ten minutes have passed, or Redis has lost what it knew
        wait_until(lambda: f"/results/runs/{ended.created[:10]}/{run}.jsonl.gz" in bucket.objects, 30, f"the archive\n{farm.logs()}")
        wait_until(lambda: runs.unarchived() == [], 10, "its leaving the list")
