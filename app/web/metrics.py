"""Prometheus metrics, named iast_: what the web tier does, and the load the workers report. Says nothing of anybody's work."""

import os
import time
from collections.abc import Iterable

from flask import Blueprint, Flask, Response, g, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector

from app.broker.workers import workers
from app.errors import NotReady

blueprint = Blueprint("metrics", __name__)
registry = CollectorRegistry()
REQUESTS = Counter("iast_http_requests", "Requests answered", ["method", "route", "status"], registry=registry)
SECONDS = Histogram("iast_http_request_seconds", "From request to answer", ["route"], registry=registry)
SOCKETS = Gauge("iast_sockets", "WebSockets open", ["kind"], registry=registry, multiprocess_mode="livesum")
RECEIVED = Counter("iast_socket_messages_received", "Messages from pages", ["type"], registry=registry)
SENT = Counter("iast_socket_messages_sent", "Messages to pages", ["type"], registry=registry)
REPAINTS = Counter(
    "iast_socket_repaints", "Whole screens sent from the latest kept: at first, on request, or where deltas were missed", registry=registry
)


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)
    app.before_request(_begin)
    app.after_request(_count)


@blueprint.get("/metrics")
def metrics() -> Response:
    """For Prometheus."""
    shared = CollectorRegistry()
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        MultiProcessCollector(shared)  # type: ignore[no-untyped-call]
    body = generate_latest(shared if os.environ.get("PROMETHEUS_MULTIPROC_DIR") else registry) + generate_latest(_farm)
    return Response(body, content_type=CONTENT_TYPE_LATEST)


class _Workers:
    """Asked at each scrape: the workers' own heartbeats are the truth."""

    def collect(self) -> Iterable[Metric]:
        try:
            alive = workers()
        except NotReady:
            return
        yield GaugeMetricFamily("iast_workers", "Workers alive", value=len(alive))
        for field, text in (
            ("sessions", "Host sessions"),
            ("most_sessions", "Most host sessions"),
            ("lanes", "Lanes"),
            ("cpu", "Share of a core used"),
        ):
            family = GaugeMetricFamily(f"iast_worker_{field}", f"{text} of a worker", labels=["worker"])
            for load in alive:
                family.add_metric([load.name], getattr(load, field))
            yield family


_farm = CollectorRegistry()
_farm.register(_Workers())


def _begin() -> None:
    g.began = time.perf_counter()


def _count(response: Response) -> Response:
    route = request.url_rule.rule if request.url_rule else "none"  # never the path: ids would make a series each
    if not (request.url_rule and request.url_rule.websocket):
        REQUESTS.labels(request.method if route != "none" else "any", route, str(response.status_code)).inc()
        SECONDS.labels(route).observe(time.perf_counter() - g.get("began", time.perf_counter()))
    return response
