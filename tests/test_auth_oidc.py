"""Signing in at a provider: the code flow with PKCE as a browser goes through it, and what goes wrong on the way."""

from urllib.parse import parse_qs, urlsplit

import oidc_provider_mock
import pytest
import requests

from app.up.ports import free_port

pytest_plugins = ["tests.web_fixtures"]


@pytest.fixture(scope="module")
def site(start_web, web_platform):  # type: ignore[no-untyped-def]
    """The address of a web process that signs people in at a provider."""
    anna = oidc_provider_mock.User(sub="anna", claims={"name": "Anna", "email": "anna@example.com"})
    with oidc_provider_mock.run_server_in_thread(user_claims=(anna,)) as server:
        port = str(free_port())
        oidc = {"OIDC_ISSUER": f"http://localhost:{server.server_port}", "OIDC_CLIENT_ID": "iast", "OIDC_CLIENT_SECRET": "s" * 20}
        places = {"IAST_PORT": port, "IAST_PUBLIC_URL": f"http://127.0.0.1:{port}"}
        yield start_web(**oidc, **places, REDIS_URL=web_platform["REDIS_URL"], IAST_TABLE="iast-web").url


def begin(browser: requests.Session, site: str, goal: str = "/") -> str:
    """The address at the provider that sign-in leads to."""
    answer = browser.get(f"{site}/auth/login", params={"next": goal}, allow_redirects=False, timeout=30)
    assert answer.status_code == 302, answer.text
    return answer.headers["Location"]


def consent(provider_address: str, who: str = "anna") -> str:
    """The address at ours that the provider sends this person back to."""
    answer = requests.post(provider_address, data={"sub": who}, allow_redirects=False, timeout=30)
    assert answer.status_code == 302, answer.text
    return answer.headers["Location"]


def sign_in(browser: requests.Session, site: str, goal: str = "/", who: str = "anna") -> requests.Response:
    return browser.get(consent(begin(browser, site, goal), who), allow_redirects=False, timeout=30)


def test_a_person_signs_in_and_is_made_known(site: str) -> None:
    browser = requests.Session()
    assert browser.get(f"{site}/auth/me", timeout=30).status_code == 401
    answer = sign_in(browser, site, "/?session=7")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/?session=7")
    me = browser.get(f"{site}/auth/me", timeout=30).json()
    assert (me["name"], me["email"], me["sign_in"]) == ("Anna", "anna@example.com", "oidc")
    other = requests.Session()
    sign_in(other, site)
    assert other.get(f"{site}/auth/me", timeout=30).json()["id"] == me["id"]


def test_the_provider_is_asked_with_pkce_state_and_nonce(site: str) -> None:
    asked = parse_qs(urlsplit(begin(requests.Session(), site)).query)
    assert asked["code_challenge_method"] == ["S256"] and len(asked["code_challenge"][0]) == 43
    assert asked["response_type"] == ["code"] and asked["state"] and asked["nonce"]


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(site: str) -> None:
    cookie = sign_in(requests.Session(), site).headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Path=/" in cookie


def test_a_code_is_no_use_in_another_browser(site: str) -> None:
    victim, thief = requests.Session(), requests.Session()
    back = consent(begin(victim, site))
    answer = thief.get(back, allow_redirects=False, timeout=30)
    assert answer.status_code == 401
    assert thief.get(f"{site}/auth/me", timeout=30).status_code == 401


def test_a_code_is_no_use_twice(site: str) -> None:
    browser = requests.Session()
    back = consent(begin(browser, site))
    browser.get(back, allow_redirects=False, timeout=30)
    assert browser.get(back, allow_redirects=False, timeout=30).status_code == 401


def test_saying_no_at_the_provider_signs_nobody_in(site: str) -> None:
    browser = requests.Session()
    denied = requests.post(begin(browser, site), data={"action": "deny"}, allow_redirects=False, timeout=30).headers["Location"]
    answer = browser.get(denied, allow_redirects=False, timeout=30)
    assert answer.status_code == 401 and "did not succeed" in answer.text


ELSEWHERE = ["https://evil.example/", "//evil.example", "/\\evil.example", "/\t/evil.example", "javascript:alert(1)", ""]


@pytest.mark.parametrize("goal", ELSEWHERE)
def test_sign_in_leads_nowhere_else(site: str, goal: str) -> None:
    assert sign_in(requests.Session(), site, goal).headers["Location"] == "/"


def test_signing_out_ends_the_sign_in_and_not_only_the_cookie(site: str) -> None:
    browser = requests.Session()
    sign_in(browser, site)
    stolen = requests.Session()
    stolen.cookies.update(browser.cookies)
    assert stolen.get(f"{site}/auth/me", timeout=30).status_code == 200
    answer = browser.post(f"{site}/auth/logout", headers={"X-IAST": "1"}, timeout=30)
    assert "/oauth2/end_session" in answer.json()["next"]
    assert stolen.get(f"{site}/auth/me", timeout=30).status_code == 401


def test_a_change_by_cookie_needs_a_word_that_other_sites_cannot_say(site: str) -> None:
    browser = requests.Session()
    sign_in(browser, site)
    post = lambda **headers: browser.post(f"{site}/auth/logout", headers=headers, timeout=30).status_code  # noqa: E731
    assert post() == 403
    assert post(**{"Origin": "https://evil.example", "X-IAST": "1"}) == 403
    assert post(**{"Origin": "null", "X-IAST": "1"}) == 403
    assert browser.get(f"{site}/auth/me", timeout=30).status_code == 200
    assert post(Origin=site) == 200


def test_the_page_itself_leads_to_the_sign_in_and_back(site: str) -> None:
    answer = requests.get(f"{site}/?x=1", allow_redirects=False, timeout=30)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/auth/login?next=/?x%3D1")


def test_a_forged_cookie_is_nobody(site: str) -> None:
    answer = requests.get(f"{site}/auth/me", cookies={"iast": "eyJzaWduLWluIjoiay14In0.aaaaaa.bbbbbbbbbbbbbbbbbbbbbbbbbbb"}, timeout=30)
    assert answer.status_code == 401
