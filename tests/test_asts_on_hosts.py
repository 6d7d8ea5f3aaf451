"""The demo's ASTs at the demo's applications: the real engine, the real screens, the ledger as judge."""

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.asts import registry
from app.asts.script import Done, Doubtful, Failed, NotDone, Refused
from app.demo.shop import make_orders, money
from app.demo.stock import make_stock
from app.tn3270 import Engine
from tests.demo_host import Host
from tests.host_lane import signed_on

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
WAVES, PICKS = make_stock(3270)
ORDERS = make_orders(3270)[1]


def rows(name: str) -> list[dict[str, str]]:
    with (EXAMPLES / f"{name}.csv").open(newline="") as file:
        return list(csv.DictReader(file))


FREE_PICKS, FREE_ORDERS = iter(rows("picks")), iter(rows("orders"))


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    with Host(tmp_path_factory.mktemp("asts"), "--also", "warehouse=0", "--also", "orders=0") as host:
        yield host


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    engine = Engine().start()
    yield engine
    engine.stop()


def at(engine: Engine, host: Host, application: str, ast: str):
    return signed_on(engine, host.port_of(application), registry.get(ast))


@pytest.mark.parametrize(
    ("name", "list_name"),
    [
        ("policy_inquiry", "policies"), ("policy_renewal", "policies"), ("policy_inquiry", "policies-mixed"),
        ("wave_status", "waves"), ("pick_confirmation", "picks"), ("order_inquiry", "orders"), ("order_payment", "orders"),
    ],
)  # fmt: skip
def test_the_example_lists_are_accepted_as_they_stand(name: str, list_name: str) -> None:
    ast = registry.get(name)
    assert len([ast.validate(dict(row)) for row in rows(list_name)]) > 20


def test_a_wave_is_read_from_all_pages_of_its_list(engine: Engine, host: Host) -> None:
    wave = next(w for w in WAVES.values() if len(w.picks) > 20)
    short = next(number for number in wave.picks if PICKS[number].quantity > 1)
    with at(engine, host, "warehouse", "pick_confirmation") as player:
        player.process(pick=short, quantity=PICKS[short].quantity - 1, check=PICKS[short].check)
    with at(engine, host, "warehouse", "wave_status") as player:
        outcome = player.process(wave=wave.number)
        assert isinstance(outcome, Done)
        assert outcome.result["picks"] == str(len(wave.picks)) and outcome.result["short_picks"] == [short]
        assert outcome.result["open_picks"] == [number for number in wave.picks if number != short]
        assert player.process(wave=wave.number) == outcome  # the same again, from the panel it stands on
        assert player.process(wave="W99999") == Refused("WAVE NOT FOUND")


def test_picks_are_confirmed_one_after_the_other_each_once(engine: Engine, host: Host) -> None:
    chosen = [next(FREE_PICKS) for _ in range(3)]
    with at(engine, host, "warehouse", "pick_confirmation") as player:
        outcomes = [player.process(**row) for row in chosen]
        assert [o.result["picked"] for o in outcomes] == [row["quantity"] for row in chosen]  # type: ignore[union-attr]
        assert player.process(**chosen[0]) == Refused("ALREADY CONFIRMED")
        wrong = next(FREE_PICKS) | {"check": "00"}
        assert player.process(**wrong) == Refused("WRONG CHECK DIGITS")
        assert player.journal.told[-2:] == ["committed WRONG CHECK DIGITS", "withdrawn"]
    assert [host.done("PICK").count(row["pick"]) for row in (*chosen, wrong)] == [1, 1, 1, 0]


def test_an_order_is_read_and_paid_and_paid_only_once(engine: Engine, host: Host) -> None:
    order = next(FREE_ORDERS)["order"]
    with at(engine, host, "orders", "order_payment") as player:
        paid = player.process(order=order)
        assert isinstance(paid, Done) and paid.result["amount"] == money(ORDERS[order].total)
        assert player.process(order=order) == Refused("ALREADY PAID")
        assert player.verify(order=order) == paid
    with at(engine, host, "orders", "order_inquiry") as player:
        outcome = player.process(order=order)
        assert isinstance(outcome, Done)
        assert (outcome.result["status"], outcome.result["total"]) == ("PAID", money(ORDERS[order].total))
    assert host.done("PAYMENT").count(order) == 1


def test_a_declined_card_is_a_refusal_and_leaves_nothing_committed(engine: Engine, host: Host) -> None:
    declined = next(o.number for o in ORDERS.values() if o.declined)
    with at(engine, host, "orders", "order_payment") as player:
        assert player.process(order=declined) == Refused("CARD DECLINED BY THE BANK")
        assert player.journal.told[-1] == "withdrawn"


@pytest.mark.parametrize(
    ("application", "name", "transaction", "free"),
    [("warehouse", "pick_confirmation", "PICK", FREE_PICKS), ("orders", "order_payment", "PAYMENT", FREE_ORDERS)],
)
def test_verify_tells_a_commit_that_went_through_from_one_that_did_not(
    engine: Engine, host: Host, application: str, name: str, transaction: str, free: Iterator[dict[str, str]]
) -> None:
    went, lost = next(free), next(free)
    for fault, row in (("drop-after-commit", went), ("drop-before-commit", lost)):
        host.control(fault=fault, next=1, transaction=transaction)
        with pytest.raises(AssertionError), at(engine, host, application, name) as player:  # signing off fails: the host hung up
            assert isinstance(player.process(**row), Doubtful)
    with at(engine, host, application, name) as player:
        assert isinstance(player.verify(**went), Done)
        assert player.verify(**lost) == NotDone()
        assert isinstance(player.process(**lost), Done)
    keys = host.done(transaction)
    assert [keys.count(next(iter(row.values()))) for row in (went, lost)] == [1, 1]


@pytest.mark.parametrize(
    ("application", "name", "free"),
    [("warehouse", "pick_confirmation", FREE_PICKS), ("orders", "order_payment", FREE_ORDERS)],
)
def test_an_abend_is_a_failure_that_may_be_tried_again_on_the_same_lane(
    engine: Engine, host: Host, application: str, name: str, free: Iterator[dict[str, str]]
) -> None:
    row = next(free)
    with at(engine, host, application, name) as player:
        host.control(fault="abend", next=1)
        outcome = player.process(**row)
        assert isinstance(outcome, Failed) and (outcome.code, outcome.intact) == ("abend", True)
        assert player.journal.told[-1] == "withdrawn"
        assert isinstance(player.process(**row), Done)
