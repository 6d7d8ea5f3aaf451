"""What the web tier gives without a sign-in, what it refuses, and the headers of every answer."""

import re

import requests

from app.web import create_app
from tests.web_parts import Client

pytest_plugins = ["tests.web_fixtures"]


def test_health_answers_as_the_seed_did(web: Client) -> None:
    answer = requests.get(f"{web.url}/health", timeout=30)
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_ready_only_when_a_worker_lives(web: Client, worker: str) -> None:
    answer = requests.get(f"{web.url}/health/ready", timeout=30)
    assert answer.json() == {"status": "ready", "parts": {"valkey": "ok", "dynamodb": "ok", "worker": "ok"}}


def test_not_ready_says_which_part_is_missing(web_alone: Client) -> None:
    answer = requests.get(f"{web_alone.url}/health/ready", timeout=30)
    assert answer.status_code == 503
    assert answer.json()["parts"] == {"valkey": "ok", "dynamodb": "ok", "worker": "No worker is alive. Start one."}


def test_metrics_count_requests_by_route_and_never_by_id(web: Client, worker: str) -> None:
    web.get("/api/v1/sessions/s-nobody")
    text = requests.get(f"{web.url}/metrics", timeout=30).text
    assert 'iast_http_requests_total{method="GET",route="/api/v1/sessions/<id>",status="404"}' in text
    assert 'iast_worker_sessions{worker="paper"} 0.0' in text
    assert "s-nobody" not in text


def test_every_route_is_described_and_every_description_is_of_a_route(web: Client, here: None) -> None:
    document = web.get("/api/v1/openapi.json").json()
    rules = {re.sub(r"<(?:[^:<>]*:)?(\w+)>", r"{\1}", rule.rule) for rule in create_app().url_map.iter_rules()}
    assert set(document["paths"]) == rules - {"/static/{filename}", "/auth/callback", "/api/v1/openapi.json"}
    for path, operations in document["paths"].items():
        for operation in operations.values():
            assert operation["summary"], path
    for reference in re.findall(r'"#/components/schemas/([^"]+)"', web.get("/api/v1/openapi.json").text):
        assert reference in document["components"]["schemas"], reference


def test_nothing_under_api_is_told_without_a_sign_in(web: Client) -> None:
    document = web.get("/api/v1/openapi.json").json()
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            if not operation["security"] or path in ("/terminal/{id}", "/live"):
                continue
            answer = requests.request(method, web.url + path.replace("{n}", "0").replace("{verdict}", "done"), timeout=30)
            assert answer.status_code == 401, (method, path)
            assert answer.headers["Content-Type"] == "application/problem+json"
            assert answer.json()["code"] == "not-signed-in"


def test_a_name_that_somebody_points_at_us_is_refused(web: Client) -> None:
    answer = requests.get(f"{web.url}/auth/login", headers={"Host": "evil.example"}, allow_redirects=False, timeout=30)
    assert answer.status_code == 400
    assert "Set-Cookie" not in answer.headers


def test_every_answer_carries_the_security_headers(web: Client) -> None:
    for path in ("/", "/health", "/api/v1/hosts", "/nowhere"):
        headers = requests.get(web.url + path, allow_redirects=False, timeout=30).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "script-src 'self'" in policy and "unsafe" not in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Cache-Control"] == "no-store"


def test_an_unknown_address_and_a_wrong_method_say_what_to_do(web: Client) -> None:
    missing, wrong = web.get("/api/v1/nothing"), web.call("DELETE", "/api/v1/hosts")
    assert (missing.status_code, missing.json()["code"]) == (404, "not-found")
    assert (wrong.status_code, wrong.json()["code"]) == (405, "method-not-allowed")
    assert "GET" in wrong.headers["Allow"]


def test_a_body_that_is_no_json_is_a_problem_not_a_failure(web: Client) -> None:
    answer = web.call("POST", "/api/v1/sessions", data=b"{nonsense", headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (400, "bad-request")


def test_workers_and_their_load_are_listed(web: Client, worker: str) -> None:
    names = [each["name"] for each in web.get("/api/v1/status").json()["workers"]]
    assert names == ["paper"]


def test_hosts_are_listed_without_address_or_credentials(web: Client) -> None:
    hosts = web.get("/api/v1/hosts").json()["items"]
    assert [host["name"] for host in hosts] == ["demo"]
    assert not {"address", "port", "credentials"} & hosts[0].keys()


def test_how_a_host_fares_is_told(web: Client) -> None:
    fares = web.get("/api/v1/hosts/status").json()["items"][0]
    assert (fares["name"], fares["breaker"], fares["lanes"], fares["open_now"]) == ("demo", "closed", 0, True)


def test_asts_describe_the_form_that_starts_them(web: Client) -> None:
    asts = {ast["name"]: ast for ast in web.get("/api/v1/asts").json()["items"]}
    assert asts["policy_renewal"]["commits"] and not asts["policy_inquiry"]["commits"]
    assert asts["login"]["parameters"]["properties"]["password"]["x-secret"]
    assert web.get("/api/v1/asts/policy_inquiry").json()["columns"] == ["policy"]
    assert web.get("/api/v1/asts/nothing").status_code == 404


def test_json_nested_without_end_is_refused_not_a_failure(web: Client) -> None:
    deep = b"[" * 100_000
    answer = web.call("POST", "/api/v1/sessions", data=deep, headers={"Content-Type": "application/json"})
    assert answer.status_code == 400


def test_a_body_larger_than_any_list_is_refused(web: Client) -> None:
    answer = web.call("POST", "/api/v1/runs", data=b"x" * (33 << 20), headers={"Content-Type": "text/csv"})
    assert (answer.status_code, answer.json()["code"]) == (413, "too-large")
