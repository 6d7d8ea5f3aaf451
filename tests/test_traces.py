"""Recorded hosts are shown as s3270 shows them: rows and cursor after each record, for every trace at hand."""

import pytest

from tests import traces

pytestmark = pytest.mark.skipif(not traces.AT_HAND, reason="the recorded hosts (../shared/traces) are not at hand")


OTHERWISE = {"930"}  # s3270 takes X'81' and X'82' of Katakana for small letters; IBM's table does not (docs/codepages.md)
NAMES = [pytest.param(n, marks=pytest.mark.xfail(strict=True) if n in OTHERWISE else ()) for n in traces.golden()]


@pytest.mark.parametrize("name", NAMES)
def test_a_recorded_host_is_shown_as_s3270_shows_it_after_each_record(name: str) -> None:
    found = traces.differences(name)
    assert not found, "\n".join(map(str, found))
