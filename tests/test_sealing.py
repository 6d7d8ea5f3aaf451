"""Sealing: opens where it was meant for, and nowhere else."""

import base64
import os
from collections.abc import Iterator

import pytest

from app.config import settings
from app.errors import Misconfigured, Unsealable
from app.sealing import seal, seal_text, unseal, unseal_text

HERE = "iast.session.s-1"


def key(name: str, letter: bytes) -> str:
    return f"{name}:{base64.b64encode(letter * 32).decode()}"


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    yield
    settings.cache_clear()


def use(monkeypatch: pytest.MonkeyPatch, *keys: str) -> None:
    monkeypatch.setenv("IAST_SEAL_KEYS", ",".join(keys))
    settings.cache_clear()


def test_what_was_sealed_opens_in_its_own_context_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, key("k1", b"a"))
    sealed = seal(b"POLICY MENU", HERE)
    assert unseal(sealed, HERE) == b"POLICY MENU" and b"POLICY" not in sealed
    with pytest.raises(Unsealable):
        unseal(sealed, "iast.session.s-2")


def test_the_same_text_never_seals_to_the_same_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, key("k1", b"a"))
    assert seal(b"x", HERE) != seal(b"x", HERE)


def test_a_changed_byte_anywhere_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, key("k1", b"a"), key("k2", b"b"))
    sealed = seal(b"PAY 100", HERE)
    for at in range(len(sealed)):
        with pytest.raises(Unsealable):
            unseal(sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :], HERE)


@pytest.mark.parametrize("nonsense", [b"", b"\x00", b"\x02k1", b"\xff" * 40, b"\x02k1" + bytes(12), os.urandom(100)], ids=len)
def test_what_was_never_sealed_is_refused(monkeypatch: pytest.MonkeyPatch, nonsense: bytes) -> None:
    use(monkeypatch, key("k1", b"a"))
    with pytest.raises(Unsealable):
        unseal(nonsense, HERE)


def test_after_a_change_of_keys_the_old_ones_still_open_and_the_first_one_seals(monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, key("old", b"a"))
    before = seal(b"text", HERE)
    use(monkeypatch, key("new", b"b"), key("old", b"a"))
    after = seal(b"text", HERE)
    assert unseal(before, HERE) == unseal(after, HERE) == b"text"
    use(monkeypatch, key("new", b"b"))
    assert unseal(after, HERE) == b"text"
    with pytest.raises(Unsealable):
        unseal(before, HERE)


def test_text_seals_to_text_and_what_is_no_sealed_text_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, key("k1", b"a"))
    assert unseal_text(seal_text("pässwörd", HERE), HERE) == "pässwörd"
    for nonsense in ("", "password", "é", "AAAA"):
        with pytest.raises(Unsealable):
            unseal_text(nonsense, HERE)


def test_without_a_key_nothing_is_sealed_and_the_setting_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch)
    with pytest.raises(Misconfigured, match="IAST_SEAL_KEYS"):
        seal(b"x", HERE)
