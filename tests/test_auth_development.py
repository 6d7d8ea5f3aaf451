"""Development sign-in: one local user, on this machine only."""

import requests

from app.up import commands
from tests.processes import Child
from tests.web_parts import Client

pytest_plugins = ["tests.web_fixtures"]


def test_it_refuses_to_start_beyond_loopback(web_platform, tmp_path) -> None:  # type: ignore[no-untyped-def]
    child = Child(commands.web(), tmp_path / "web.log", {**web_platform, "IAST_BIND": "0.0.0.0", "IAST_PORT": "0"})
    assert child.process.wait(60) != 0
    assert "development sign-in lets anyone in" in child.output()


def test_the_first_visit_signs_the_local_user_in(web: Client) -> None:
    browser = requests.Session()
    assert browser.get(f"{web.url}/auth/login", params={"next": "/auth/me"}, timeout=30).json()["name"] == "Local user"
    assert browser.get(f"{web.url}/api/v1/hosts", timeout=30).status_code == 200


def test_the_command_line_is_the_same_user_by_its_token(web: Client) -> None:
    browser = requests.Session()
    assert browser.get(f"{web.url}/auth/login?next=/auth/me", timeout=30).json() == web.get("/auth/me").json()


def test_another_token_is_nobody_even_beside_a_good_cookie(web: Client) -> None:
    browser = requests.Session()
    browser.get(f"{web.url}/auth/login?next=/auth/me", timeout=30)
    for header in ("Bearer wrong", "Bearer ", "Basic abc", ""):
        answer = browser.get(f"{web.url}/auth/me", headers={"Authorization": header}, timeout=30)
        assert answer.status_code == 401, header


def test_another_sites_page_cannot_change_anything(web: Client) -> None:
    browser = requests.Session()
    browser.get(f"{web.url}/auth/login?next=/auth/me", timeout=30)
    for headers in ({"Origin": "https://evil.example"}, {"Origin": "https://evil.example", "X-IAST": "1"}, {}):
        answer = browser.post(f"{web.url}/api/v1/sessions", json={"host": "demo"}, headers=headers, timeout=30)
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


def test_signing_out_and_in_again(web: Client) -> None:
    browser = requests.Session()
    browser.get(f"{web.url}/auth/login?next=/auth/me", timeout=30)
    assert browser.post(f"{web.url}/auth/logout", headers={"X-IAST": "1"}, timeout=30).json() == {"next": "/"}
    assert browser.get(f"{web.url}/auth/me", timeout=30).status_code == 401
