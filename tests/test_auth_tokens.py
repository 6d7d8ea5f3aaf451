"""Bearer tokens: a good one is its user, every other one is nobody. The forgeries are the usual ones."""

import base64
import hmac
import json
import time

import pytest
import requests
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from app.up.ports import free_port
from tests.auth_parts import AUDIENCE, Provider, provider
from tests.web_parts import Client

pytest_plugins = ["tests.web_fixtures"]


@pytest.fixture(scope="module")
def issuer():  # type: ignore[no-untyped-def]
    with provider() as made:
        yield made


@pytest.fixture(scope="module")
def site(start_web, web_platform, issuer: Provider) -> str:  # type: ignore[no-untyped-def]
    """The address of a web process that trusts this provider."""
    port = str(free_port())
    oidc = {"OIDC_ISSUER": issuer.issuer, "OIDC_CLIENT_ID": "iast", "OIDC_CLIENT_SECRET": "s" * 20, "OIDC_AUDIENCE": AUDIENCE}
    places = {"IAST_PORT": port, "IAST_PUBLIC_URL": f"http://127.0.0.1:{port}"}
    return str(start_web(**oidc, **places, REDIS_URL=web_platform["REDIS_URL"], IAST_TABLE="iast-web").url)


def ask(site: str, token: str) -> requests.Response:
    return requests.get(f"{site}/auth/me", headers={"Authorization": f"Bearer {token}"}, timeout=30)


def part(value: dict[str, object]) -> str:
    return text(json.dumps(value).encode())


def text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def by_hmac(claims: dict[str, object], secret: bytes) -> str:
    signed = f"{part({'alg': 'HS256', 'kid': 'one'})}.{part(claims)}"
    return f"{signed}.{text(hmac.digest(secret, signed.encode(), 'sha256'))}"


def with_its_key() -> str:
    key = RSAKey.generate_key(2048)
    return jwt.encode({"alg": "RS256", "jwk": key.as_dict(private=False)}, {"sub": "anna"}, key)


def test_a_good_token_is_its_user_and_always_the_same_one(site: str, issuer: Provider) -> None:
    first, again = ask(site, issuer.token()), ask(site, issuer.token())
    assert first.json() == {"id": first.json()["id"], "name": "Anna", "email": "", "sign_in": "oidc"}
    assert again.json()["id"] == first.json()["id"] != ask(site, issuer.token(sub="bert")).json()["id"]


def test_an_audience_may_be_one_of_several(site: str, issuer: Provider) -> None:
    assert ask(site, issuer.token(aud=["other", AUDIENCE])).status_code == 200


FORGERIES = {
    "expired": lambda p: p.token(exp=int(time.time()) - 120),
    "without expiry": lambda p: p.token(exp=None),
    "not valid yet": lambda p: p.token(nbf=int(time.time()) + 300),
    "of another issuer": lambda p: p.token(iss="https://evil.example"),
    "without issuer": lambda p: p.token(iss=None),
    "for another audience": lambda p: p.token(aud="shop"),
    "without audience": lambda p: p.token(aud=None),
    "without subject": lambda p: p.token(sub=None),
    "signed by another key under the same id": lambda p: p.token(RSAKey.generate_key(2048)),
    "signed by a key nobody knows": lambda p: p.token(RSAKey.generate_key(2048), kid="unknown"),
    "by HMAC with the public key as the secret": lambda p: by_hmac(p.claims(), p.keys[0].as_pem(private=False)),
    "by another kind of key": lambda p: p.token(ECKey.generate_key("P-256"), alg="ES256"),
    "with alg none": lambda p: f"{part({'alg': 'none', 'kid': 'one'})}.{part(p.claims())}.",
    "with its signature cut off": lambda p: p.token().rsplit(".", 1)[0] + ".",
    "with other claims under a good signature": lambda p: ".".join(
        [(good := p.token().split("."))[0], part(p.claims(sub="admin")), good[2]]
    ),
    "with its key in its own header": lambda p: with_its_key(),
    "that is no token": lambda p: "abc",
    "of a megabyte-sized kind": lambda p: "a" * 9_000,
}


@pytest.mark.parametrize("how", FORGERIES)
def test_a_token_is_refused_when(site: str, issuer: Provider, how: str) -> None:
    answer = ask(site, FORGERIES[how](issuer))
    assert (answer.status_code, answer.json()["code"]) == (401, "not-signed-in")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_unknown_key_ids_do_not_make_us_ask_the_provider_each_time(site: str, issuer: Provider) -> None:
    ask(site, issuer.token())
    before = issuer.asked
    for n in range(5):
        ask(site, issuer.token(RSAKey.generate_key(2048), kid=f"made-up-{n}"))
    assert issuer.asked <= before + 1


def test_the_local_token_of_development_is_worth_nothing_here(site: str, web_platform) -> None:  # type: ignore[no-untyped-def]
    assert ask(site, web_platform["IAST_LOCAL_TOKEN"]).status_code == 401


def test_a_token_in_the_address_is_not_looked_at(site: str, issuer: Provider) -> None:
    assert requests.get(f"{site}/auth/me", params={"access_token": issuer.token()}, timeout=30).status_code == 401


def test_one_users_sessions_are_not_anothers(site: str, issuer: Provider, worker: str) -> None:
    anna, bert = Client(site, issuer.token()), Client(site, issuer.token(sub="bert"))
    session = anna.post("/api/v1/sessions", {"host": "demo"}).json()
    assert anna.get(f"/api/v1/sessions/{session['id']}").status_code == 200
    assert bert.get(f"/api/v1/sessions/{session['id']}").status_code == 404
    assert session["id"] not in bert.get("/api/v1/sessions").text
