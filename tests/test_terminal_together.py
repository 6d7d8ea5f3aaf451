"""Two people at one session on a real worker: watching, taking over, giving back; and the recording of it, replayed."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from websocket import WebSocket

from app.asts.recording import shots
from app.asts.view import View
from app.messages.screens import decode_screen
from app.screen.model import Screen
from app.store import hosts
from app.up import environment
from app.up.ports import free_port
from tests.auth_parts import AUDIENCE, provider
from tests.farm_parts import Farm, farm_of
from tests.processes import wait_until
from tests.test_terminal_socket import hear
from tests.web_parts import Client


@pytest.fixture(scope="module")
def farm(tmp_path_factory, platform, demo_host) -> Iterator[Farm]:  # type: ignore[no-untyped-def]
    with farm_of(tmp_path_factory.mktemp("together"), platform, 6) as farm:
        farm.start("together")
        plain = environment.demo_host(demo_host.port)
        polite = {**plain, "name": "demo", "sign_off": "PF(3) PF(3)"}
        hosts.load([polite, {**plain, "name": "watched", "record": True}])
        yield farm


@pytest.fixture(scope="module")
def people(farm: Farm, start_web) -> Iterator[tuple[Client, Client]]:  # type: ignore[no-untyped-def]
    """Anna and Bert."""
    with provider() as issuer:
        port = str(free_port())
        oidc = {"OIDC_ISSUER": issuer.issuer, "OIDC_CLIENT_ID": "iast", "OIDC_CLIENT_SECRET": "s" * 20, "OIDC_AUDIENCE": AUDIENCE}
        places = {"IAST_PORT": port, "IAST_PUBLIC_URL": f"http://127.0.0.1:{port}"}
        url = start_web(**{**farm.env, **oidc, **places}).url
        bert = Client(url, issuer.token(sub="bert", name="Bert", email="bert@example.com"))
        bert.get("/auth/me")
        yield Client(url, issuer.token()), bert


class Seat:
    """One person's page at a session."""

    def __init__(self, client: Client, session: str) -> None:
        self.client, self.session = client, session
        self.me = client.get("/auth/me").json()["id"]
        self.ws: WebSocket = client.socket(f"/terminal/{session}")
        self.seq = 0

    def send(self, type: str, **more: Any) -> str:
        """Send an input; "taken", or the code with which it was refused."""
        self.seq += 1
        self.ws.send(json.dumps({"type": type, "v": 1, "seq": self.seq, **more}))
        while True:
            message = json.loads(self.ws.recv())
            if message["type"] in ("taken", "refused") and message["seq"] == self.seq:
                return str(message.get("code", "taken"))

    def press(self, aid: str, **typed: str) -> str:
        """Type behind labels and press a key; again where the host drew a screen in between."""
        while (answer := self._pressed(aid, typed)) in ("locked", "stale-screen"):
            pass
        return answer

    def _pressed(self, aid: str, typed: dict[str, str]) -> str:
        screen = latest(self.session)
        fields = []
        for label, text in typed.items():
            field = View(screen).field(label.replace("_", " ") + " ===>")
            assert field is not None
            fields.append([field.start, text])
        return self.send("aid", screen=screen.serial, layout=screen.layout, aid=aid, cursor=screen.cursor, fields=fields)

    def controller(self) -> str | None:
        return hear(self.ws, "control")["controller"]  # type: ignore[no-any-return]


def latest(session: str) -> Screen:
    """The newest screen; an open session's first may be on its way."""
    from app.broker.screens import latest_screen

    wait_until(lambda: latest_screen(session) is not None, what="a screen")
    screen = latest_screen(session)
    assert screen is not None
    return screen


def shows(session: str, text: str) -> None:
    wait_until(lambda: not latest(session).locked and text in "\n".join(latest(session).text()), seconds=30, what=text)


def opened(client: Client, host: str = "demo") -> str:
    session = client.post("/api/v1/sessions", {"host": host}).json()
    wait_until(lambda: client.get(f"/api/v1/sessions/{session['id']}").json()["state"] == "open", 30)
    shows(session["id"], "USERID ===>")
    return str(session["id"])


def test_a_colleague_watches_is_handed_the_keyboard_and_loses_it_with_the_share(people) -> None:  # type: ignore[no-untyped-def]
    anna, bert = people
    session = opened(anna)
    shares = f"/api/v1/sessions/{session}/shares"
    who = anna.post(shares, {"email": "bert@example.com", "may": "watch"}).json()["user"]
    a, b = Seat(anna, session), Seat(bert, session)
    assert b.press("Enter") == "watch-only"
    assert a.send("give", to=b.me) == "no-such-viewer"  # he may only watch
    anna.post(shares, {"email": "bert@example.com", "may": "control"})
    assert b.press("Enter") == "not-in-control"
    assert a.send("give", to=b.me) == "taken"
    while b.controller() != b.me:
        pass
    assert b.press("Enter", USERID="DEMO01", PASSWORD="demo01") == "taken"
    shows(session, "POLICY MENU")
    assert a.press("Enter") == "not-in-control"
    anna.call("DELETE", f"{shares}/{who}")
    while a.controller() != a.me:
        pass
    assert a.press("Enter", OPTION="1") == "taken"
    shows(session, "POLICY INQUIRY")


def test_a_session_that_is_closed_signs_off_by_its_hosts_rule(people) -> None:  # type: ignore[no-untyped-def]
    anna, _ = people
    session = opened(anna)
    recording = anna.post(f"/api/v1/sessions/{session}/recording", {"on": True}).json()["id"]
    a = Seat(anna, session)
    assert a.press("Enter", USERID="DEMO03", PASSWORD="demo03") == "taken"
    shows(session, "POLICY MENU")
    anna.call("DELETE", f"/api/v1/sessions/{session}")
    wait_until(lambda: anna.get(f"/api/v1/sessions/{session}").json()["state"] == "closed", 30)
    last = shots(anna.get(f"/api/v1/recordings/{recording}").json()["frames"])[-1].screen
    assert "USERID ===>" in "\n".join(last.text())


def test_a_recording_replays_what_was_seen_and_pressed_and_hides_what_was_hidden(people) -> None:  # type: ignore[no-untyped-def]
    anna, bert = people
    session = opened(anna)
    path = f"/api/v1/sessions/{session}/recording"
    made = anna.post(path, {"on": True}).json()
    assert anna.get(f"/api/v1/sessions/{session}").json()["recording"] == made["id"]
    assert anna.post(path, {"on": True}).json()["id"] == made["id"]
    a = Seat(anna, session)
    replay = f"/api/v1/recordings/{made['id']}"
    wait_until(lambda: bool(anna.get(replay).json()["frames"]), what="the first frame")
    assert a.press("Enter", USERID="DEMO02", PASSWORD="demo02") == "taken"
    shows(session, "POLICY MENU")
    assert a.press("Enter", OPTION="1") == "taken"
    shows(session, "POLICY INQUIRY")
    assert a.press("Enter", POLICY_NUMBER="P1000001") == "taken"
    shows(session, "HOLDER")
    anna.post(path, {"on": False})
    wait_until(lambda: bool(anna.get(replay).json()["ended"]), 30)
    frames = anna.get(replay).json()["frames"]
    assert "USERID ===>" in "\n".join(decode_screen(frames[0]["screen"]).text())
    pressed = [frame for frame in frames if frame["key"] == "Enter"]
    assert [text for _, text in pressed[0]["fields"]] == ["DEMO02", ""]
    assert [frame["at"] for frame in frames] == sorted(frame["at"] for frame in frames)
    assert anna.get("/api/v1/recordings").json()["items"][0]["frames"] == len(frames)
    assert bert.get(replay).status_code == 404
    typed = {"label": "POLICY NUMBER ===>", "text": "P1000001"}
    assert typed in anna.get(f"{replay}/fields").json()["items"]
    source = anna.post(f"{replay}/ast", {"name": "look_up", "columns": {"policy": "P1000001"}}).json()["source"]
    assert "class LookUp" in source and "P1000001" not in source
    assert anna.post(f"{replay}/ast", {"name": "look_up", "columns": {"policy": "NOWHERE"}}).status_code == 422
    assert anna.call("DELETE", replay).status_code == 204
    assert anna.get(replay).status_code == 404


def test_a_host_whose_policy_is_to_record_records_every_session_and_keeps_it(people) -> None:  # type: ignore[no-untyped-def]
    anna, _ = people
    session = opened(anna, "watched")
    recording = anna.get(f"/api/v1/sessions/{session}").json()["recording"]
    assert anna.post(f"/api/v1/sessions/{session}/recording", {"on": False}).status_code == 409
    anna.call("DELETE", f"/api/v1/sessions/{session}")
    wait_until(lambda: bool(anna.get(f"/api/v1/recordings/{recording}").json()["ended"]), 30)
    kept = anna.get(f"/api/v1/recordings/{recording}").json()
    assert (kept["why"], len(kept["frames"]) > 0) == ("policy", True)
    assert anna.call("DELETE", f"/api/v1/recordings/{recording}").status_code == 409
