"""TLS towards a host: verified unless a setting says not to, and a failure names its cause."""

import contextlib
import socket
import ssl
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.errors import BadInput, HostError, TlsFailed
from app.tn3270 import Engine, HostAddress, Session3270
from app.up.ports import LOOPBACK
from tests.certificates import Certificate, authority, issued
from tests.demo_host import Host
from tests.scripted_host import HELLO, NEGOTIATION, ScriptedHost, read_until

CA = authority()
GOOD = issued(CA, LOOPBACK)
STARTTLS, FOLLOWS = bytes.fromhex("fffd2e"), bytes.fromhex("fffa2e01fff0")


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    started = Engine().start()
    yield started
    started.stop()


def server(folder: Path, certificate: Certificate = GOOD, clients: Certificate | None = None) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate.file(folder))
    if clients:
        context.load_verify_locations(cadata=clients.pem)
        context.verify_mode = ssl.CERT_REQUIRED
    return context


def to(host: ScriptedHost, **settings: object) -> HostAddress:
    return replace(HostAddress(LOOPBACK, host.port, tls="yes", ca=CA.pem, connect_seconds=10), **settings)  # type: ignore[arg-type]


def greets(session: Session3270) -> bool:
    shown = session.wait(lambda screen: "HELLO" in screen.text()[0], 0, 10)
    session.close()
    return bool(shown)


def refusal(engine: Engine, address: HostAddress) -> str:
    with pytest.raises(TlsFailed) as failed:
        engine.open(address)
    return str(failed.value)


def test_a_host_with_a_certificate_of_the_private_ca_is_reached(engine: Engine, tmp_path: Path) -> None:
    with ScriptedHost(NEGOTIATION + HELLO, server(tmp_path)) as host:
        assert greets(engine.open(to(host)))


def test_the_mock_mainframe_is_reached_over_tls(engine: Engine, tmp_path: Path) -> None:
    with Host(tmp_path, "--tls", str(GOOD.file(tmp_path))) as host:
        session = engine.open(HostAddress(LOOPBACK, host.port, tls="yes", ca=CA.pem))
        session.wait(lambda screen: "USERID" in "".join(screen.text()), 0, 10)
        session.close()


@pytest.mark.parametrize(
    ("certificate", "cause"),
    [
        (issued(None, LOOPBACK), "self-signed"),
        (issued(CA, LOOPBACK, before=-30, after=-1), "expired"),
        (issued(CA, LOOPBACK, before=1), "not valid yet"),
        (issued(CA, "other.example"), "another"),
        (issued(authority("Another CA"), LOOPBACK), "CA that is not trusted"),
    ],
)
def test_a_certificate_that_does_not_hold_is_refused_by_its_cause(
    engine: Engine, tmp_path: Path, certificate: Certificate, cause: str
) -> None:
    with ScriptedHost(NEGOTIATION + HELLO, server(tmp_path, certificate)) as host:
        assert cause in refusal(engine, to(host))


def test_a_wrong_name_is_right_when_the_settings_say_so(engine: Engine, tmp_path: Path) -> None:
    with ScriptedHost(NEGOTIATION + HELLO, server(tmp_path, issued(CA, "mainframe.example"))) as host:
        assert greets(engine.open(to(host, server_name="mainframe.example")))


def test_nothing_is_verified_only_when_the_settings_say_so(engine: Engine, tmp_path: Path) -> None:
    with ScriptedHost(NEGOTIATION + HELLO, server(tmp_path, issued(None, "other.example"))) as host:
        assert greets(engine.open(to(host, verify=False, ca="")))


def test_a_host_that_talks_plain_text_is_named_as_one(engine: Engine) -> None:
    with ScriptedHost(NEGOTIATION + HELLO) as host:
        assert "without TLS" in refusal(engine, to(host))


def test_a_host_that_stays_silent_in_the_handshake_is_given_up(engine: Engine) -> None:
    with ScriptedHost(b"") as host:
        assert "silent in the TLS handshake" in refusal(engine, to(host, connect_seconds=2))


def test_a_host_that_speaks_only_old_versions_is_refused(engine: Engine, tmp_path: Path) -> None:
    old = server(tmp_path)
    old.maximum_version = ssl.TLSVersion.TLSv1_2
    with ScriptedHost(NEGOTIATION + HELLO, old) as host:
        assert greets(engine.open(to(host)))
        assert "version" in refusal(engine, to(host, minimum_tls="1.3"))


@pytest.mark.parametrize("version", ["1.2", "1.3"])
def test_a_host_that_wants_a_client_certificate_gets_it_or_says_so(engine: Engine, tmp_path: Path, version: str) -> None:
    picky = server(tmp_path, clients=CA)
    picky.maximum_version = {"1.2": ssl.TLSVersion.TLSv1_2, "1.3": ssl.TLSVersion.TLSv1_3}[version]
    with ScriptedHost(NEGOTIATION + HELLO, picky) as host:
        assert greets(engine.open(to(host, client_certificate=issued(CA, "terminal").chain_and_key)))
        assert "client certificate" in refusal(engine, to(host))


@pytest.mark.parametrize("setting", ["ca", "client_certificate"])
def test_a_certificate_in_the_settings_that_is_none_is_refused_before_anything_is_sent(engine: Engine, setting: str) -> None:
    with ScriptedHost(b"") as host:
        with pytest.raises(BadInput, match="PEM"):
            engine.open(to(host, **{setting: "this is no certificate"}))
        assert not host.lines


def test_starttls_secures_the_line_before_anything_else_is_said(engine: Engine, tmp_path: Path) -> None:
    context = server(tmp_path)

    def talk(line: socket.socket) -> None:
        line.sendall(STARTTLS)
        read_until(line, FOLLOWS)
        line.sendall(FOLLOWS)
        secured = context.wrap_socket(line, server_side=True)
        host.lines.append(secured)
        secured.sendall(NEGOTIATION + HELLO)

    with ScriptedHost(talk) as host:
        assert greets(engine.open(to(host, tls="starttls")))


def test_a_host_that_goes_on_in_the_clear_where_starttls_is_set_is_left(engine: Engine) -> None:
    with ScriptedHost(NEGOTIATION + HELLO) as host:
        assert "without TLS" in refusal(engine, to(host, tls="starttls"))


def test_starttls_is_refused_where_it_is_not_set(engine: Engine) -> None:
    heard = bytearray()

    def talk(line: socket.socket) -> None:
        line.sendall(STARTTLS)
        heard.extend(read_until(line, b"\x2e"))
        line.sendall(NEGOTIATION + HELLO)

    with ScriptedHost(talk) as host:
        assert greets(engine.open(to(host, tls="no")))
    assert bytes(heard) == bytes.fromhex("fffc2e")


def test_starttls_with_a_certificate_that_does_not_hold_ends_by_its_cause(engine: Engine, tmp_path: Path) -> None:
    context = server(tmp_path, issued(None, LOOPBACK))

    def talk(line: socket.socket) -> None:
        line.sendall(STARTTLS)
        read_until(line, FOLLOWS)
        line.sendall(FOLLOWS)
        with contextlib.suppress(OSError):
            context.wrap_socket(line, server_side=True)

    with ScriptedHost(talk) as host:
        assert "self-signed" in refusal(engine, to(host, tls="starttls"))


def test_a_host_that_hangs_up_within_a_tls_session_is_lost_not_a_crash(engine: Engine, tmp_path: Path) -> None:
    with ScriptedHost(NEGOTIATION + HELLO, server(tmp_path)) as host:
        session = engine.open(to(host))
        session.wait(lambda screen: "HELLO" in screen.text()[0], 0, 10)
        socket.socket.close(host.lines[0])
        with pytest.raises(HostError):
            session.wait(lambda screen: False, 0, 10)
