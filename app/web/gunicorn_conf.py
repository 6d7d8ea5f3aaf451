"""gunicorn's settings. A thread serves one request or holds one WebSocket; SIGTERM closes the WebSockets first."""

import os
import tempfile
from threading import Thread

from gunicorn.workers.gthread import ThreadWorker

from app.config import settings

bind = f"[{settings().bind}]:{settings().port}" if ":" in settings().bind else f"{settings().bind}:{settings().port}"
threads = settings().web_threads
worker_connections = 4 * threads
keepalive = 15
graceful_timeout = 15
timeout = 60  # of the worker's main loop, not of a request
limit_request_line = 8190  # a full cursor whose every character is escaped
limit_request_field_size = 8190 * 2  # a bearer token with many groups
loglevel = settings().log_level.lower()
accesslog = "-"
access_log_format = "%(t)s %(h)s %(m)s %(U)s %(s)s %(b)s %(M)sms"  # no query: the sign-in code comes in one; no headers: tokens
control_socket_disable = True

if int(os.environ.get("WEB_CONCURRENCY", "1")) > 1:  # gunicorn's own variable for the number of processes
    os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", tempfile.mkdtemp(prefix="iast-metrics-"))


class Worker(ThreadWorker):  # type: ignore[misc]
    """gthread that waits for requests, not for WebSockets, when it is told to stop."""

    def handle_exit(self, sig, frame):  # type: ignore[no-untyped-def]
        _close_sockets()
        super().handle_exit(sig, frame)

    def handle_quit(self, sig, frame):  # type: ignore[no-untyped-def]
        _close_sockets()
        super().handle_quit(sig, frame)


worker_class = Worker


def _close_sockets() -> None:
    """On a thread: a signal handler must not wait for locks that the interrupted code may hold."""
    from app.web.pump import open_sockets

    Thread(target=open_sockets().close_all, name="close-sockets", daemon=True).start()


def child_exit(server, worker):  # type: ignore[no-untyped-def]
    """A dead process's gauges must not be counted on."""
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        from prometheus_client import multiprocess

        multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]
