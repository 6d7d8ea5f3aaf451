"""What the page costs: a repaint, a delta, a key, in Chromium; and the weight of its script. Needs ui/node_modules and Chromium."""

import gzip
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from bench._figures import Figure, figure, show

ROOT = Path(__file__).resolve().parents[1]
STATIC = ROOT / "app" / "web" / "static"
SIZES = {(24, 80): (3.0, 11.5), (62, 160): (8.0, None)}  # rows, columns -> target ms, xterm.js ms on the same job
DELTA = (0.5, 10.8)
ROUNDS = 3
KEY = 0.5  # ms from a key to the laid-out page
INTERACTIVE = 1000  # ms from opening the page to a terminal that takes keys, the session being open
WEIGHT = 60 * 1024  # bytes of compressed script


def main(as_json: bool) -> int:
    """Measures and prints; 0 when every target is met, 3 when it can't be measured here."""
    try:
        figures = [*_paint(), _weight(), _interactive()]
    except (FileNotFoundError, ImportError, subprocess.CalledProcessError) as error:
        print(f"iast bench page: {error}", file=sys.stderr)
        return 3
    return show("page", figures, as_json)


def _paint() -> Iterator[Figure]:
    from playwright.sync_api import sync_playwright

    with _served() as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_chromium())
        page = browser.new_page(viewport={"width": 1600, "height": 1000})
        page.goto(url)
        for (rows, columns), (target, xterm) in SIZES.items():
            medians = [page.evaluate("([rows, columns]) => measure(rows, columns)", [rows, columns]) for _ in range(ROUNDS)]
            costs = {name: min(m[name] for m in medians) for name in medians[0]}  # the round that other processes disturbed least
            size = f"{rows}x{columns}"
            yield figure(f"repaint {size}", costs["repaint"], "ms", target, xterm)
            yield figure(f"delta of 30 characters {size}", costs["delta"], "ms", *DELTA)
            yield figure(f"key echo {size}", costs["key"], "ms", KEY)
        browser.close()


@contextmanager
def _served() -> Iterator[str]:
    """The measuring page, built as the real one is, on a free port of the loopback."""
    with tempfile.TemporaryDirectory() as folder:
        build = ["npx", "vite", "build", "bench", "--outDir", folder, "--base", "./", "--logLevel", "error"]
        subprocess.run(build, cwd=ROOT / "ui", check=True, stdin=subprocess.DEVNULL)
        server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=folder))
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass

    def end_headers(self) -> None:
        """Isolated, so that the browser's clock has its full resolution."""
        self.send_header("Cross-Origin-Opener-Policy", "same-origin")
        self.send_header("Cross-Origin-Embedder-Policy", "require-corp")
        super().end_headers()


def _weight() -> Figure:
    """Bytes of script, compressed, that the terminal page loads before the panel is opened."""
    chunks = json.loads((STATIC / ".vite" / "manifest.json").read_text())
    files, todo = set(), ["src/main.tsx"]
    while todo:
        chunk = chunks[todo.pop()]
        if chunk["file"] not in files:
            files.add(chunk["file"])
            todo += chunk.get("imports", ())
    weight = sum(len(gzip.compress((STATIC / name).read_bytes(), 9)) for name in files)
    return figure("script of the terminal page, gzip", weight / 1024, "KB", WEIGHT / 1024, 87)


def _interactive() -> Figure:
    """From opening the page to a terminal that takes keys: a whole `iast up`, a session open, nothing in the browser's cache."""
    from playwright.sync_api import sync_playwright

    from bench.farm import platform_up

    with tempfile.TemporaryDirectory() as folder, platform_up(Path(folder)) as up, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_chromium())
        times = []
        up.http.post(f"{up.url}/api/v1/sessions", json={"host": "demo"}, timeout=30).raise_for_status()
        for _ in range(ROUNDS):
            page = browser.new_context().new_page()
            started = time.perf_counter()
            page.goto(up.url, wait_until="commit")
            page.locator(".terminal.front .lines").filter(has_text="USERID").wait_for()
            times.append((time.perf_counter() - started) * 1000)
        browser.close()
    return figure("page opened to terminal ready", min(times), "ms", INTERACTIVE)


def _chromium() -> str:
    path = os.environ.get("IAST_CHROMIUM", "/usr/bin/chromium")
    if not Path(path).exists():
        raise FileNotFoundError(f"no Chromium at {path}: install it, or name one in IAST_CHROMIUM")
    return path
