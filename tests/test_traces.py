"""Recorded hosts are shown as s3270 shows them: rows and cursor after each record, for every trace at hand."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from app.tn3270 import Engine, HostAddress
from app.tn3270.show import visit
from app.up.ports import LOOPBACK
from tests import traces

pytestmark = pytest.mark.skipif(not traces.AT_HAND, reason="the recorded hosts (../shared/traces) are not at hand")


OTHERWISE = {"930"}  # s3270 takes X'81' and X'82' of Katakana for small letters; IBM's table does not (docs/codepages.md)
NAMES = [pytest.param(n, marks=pytest.mark.xfail(strict=True) if n in OTHERWISE else ()) for n in traces.golden()]


@pytest.mark.parametrize("name", NAMES)
def test_a_recorded_host_is_shown_as_s3270_shows_it_after_each_record(name: str) -> None:
    found = traces.differences(name)
    assert not found, "\n".join(map(str, found))


def shown_at_the_end(engine: Engine, name: str) -> bool:
    """Whether `./iast screen --model 4`, with no other setting, shows a trace's last screen when it is served over TCP."""
    replay = traces.replay().Replay(str(traces.FOLDER / f"{name}.trc"), lock=0.02)

    def serve() -> None:
        replay.accept()
        while replay.step() == "rec":
            pass
        replay.poll(9, lambda: False)

    threading.Thread(target=serve, daemon=True).start()
    try:
        outcome = visit(engine, HostAddress(LOOPBACK, replay.port, model="4"), [], 6)
    finally:
        replay.close()
    return traces.same(traces.golden()[name][-1], outcome.screen)


def test_most_recorded_hosts_end_as_s3270_shows_them_with_nothing_set_but_the_model() -> None:
    engine = Engine().start()
    with ThreadPoolExecutor(9) as pool:
        equal = sum(pool.map(lambda name: shown_at_the_end(engine, name), traces.golden()))
    engine.stop()
    assert equal >= 22
