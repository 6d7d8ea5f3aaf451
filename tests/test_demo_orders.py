"""The mock mainframe's orders-and-payments application, over a real TN3270 connection."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from mfmock.core.testing import VirtualTerminal

from app.demo.shop import FIRST_ORDER, ORDERS, Order, make_orders, money
from tests.demo_host import Host

CUSTOMERS, BOOK = make_orders(3270)
FREE = iter(list(BOOK.values())[:1000])


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    with Host(tmp_path_factory.mktemp("orders"), "--also", "orders=0") as host:
        yield host


@contextmanager
def panel(host: Host, option: str) -> Iterator[VirtualTerminal]:
    with host.terminal(application="orders") as terminal:
        terminal.fill("OPTION ===>", option).enter()
        yield terminal


def display(terminal: VirtualTerminal, order: Order | str) -> VirtualTerminal:
    return terminal.fill("ORDER NUMBER ===>", order if isinstance(order, str) else order.number).enter()


def test_an_order_is_shown_with_its_customer_and_total(host: Host) -> None:
    order = next(FREE)
    with panel(host, "1") as terminal:
        display(terminal, order).assert_text(f": {order.customer}", f": {money(order.total)}", ": OPEN", CUSTOMERS[order.customer])
        display(terminal, "O9999999").assert_text("ORDER NOT FOUND")
    entry = host.ledger()[-1]
    assert (entry["application"], entry["transaction"], entry["key"]) == ("orders", "INQUIRY", order.number)


def test_an_order_is_paid_once(host: Host) -> None:
    order = next(FREE)
    with panel(host, "3") as terminal:
        display(terminal, order).pf(5).assert_text("PAYMENT ACCEPTED", ": PAID")
        terminal.pf(5).assert_text("ALREADY PAID")
        display(terminal, order).assert_text("ALREADY PAID")
    paid = [entry for entry in host.ledger() if entry["transaction"] == "PAYMENT" and entry["key"] == order.number]
    assert [entry["amount"] for entry in paid] == [order.total]


def test_a_declined_card_and_a_blocked_customer_pay_nothing(host: Host) -> None:
    declined, blocked = next(o for o in BOOK.values() if o.declined), next(o for o in BOOK.values() if o.blocked)
    with panel(host, "3") as terminal:
        display(terminal, declined).pf(5).assert_text("CARD DECLINED BY THE BANK")
        display(terminal, blocked).assert_text("CUSTOMER BLOCKED")
        terminal.pf(5).assert_text("CUSTOMER BLOCKED")
    assert not {declined.number, blocked.number} & set(host.done("PAYMENT"))


def test_money_is_given_back_up_to_what_was_paid(host: Host) -> None:
    order = next(FREE)
    with panel(host, "4") as terminal:
        display(terminal, order).assert_text("ORDER NOT PAID")
        terminal.pf(3).fill("OPTION ===>", "3").enter()
        display(terminal, order).pf(5)
        terminal.pf(3).fill("OPTION ===>", "4").enter()
        display(terminal, order).pf(5).assert_text("TYPE THE AMOUNT")
        terminal.fill("AMOUNT ===>", "0.01").pf(5).assert_text("REFUND ACCEPTED", ": PART REFUNDED")
        terminal.fill("AMOUNT ===>", money(order.total)).pf(5).assert_text("AMOUNT EXCEEDS PAYMENT")
        terminal.fill("AMOUNT ===>", money(order.total - 1)).pf(5).assert_text("REFUND ACCEPTED", ": REFUNDED")
        display(terminal, order).assert_text("ALREADY REFUNDED")
    assert sum(entry["amount"] for entry in host.ledger() if entry["transaction"] == "REFUND") == order.total


def test_a_basket_becomes_an_order_that_can_be_paid(host: Host) -> None:
    customer = next(iter(CUSTOMERS))
    with panel(host, "2") as terminal:
        terminal.fill("CUSTOMER ===>", customer).fill("ARTICLE  ===>", "A1002").fill("QUANTITY ===>", "2").enter().assert_text("LINE ADDED")
        terminal.fill("ARTICLE  ===>", "A9999").fill("QUANTITY ===>", "1").enter().assert_text("ARTICLE NOT FOUND")
        terminal.fill("ARTICLE  ===>", "A1007").fill("QUANTITY ===>", "4").enter().assert_text(": 9.98")
        number = f"O{FIRST_ORDER + ORDERS:07d}"
        terminal.pf(5).assert_text("ORDER PLACED", number)
        terminal.pf(5).assert_text("BASKET IS EMPTY")
        terminal.pf(3).fill("OPTION ===>", "3").enter()
        display(terminal, number).pf(5).assert_text("PAYMENT ACCEPTED", ": 9.98")


def test_an_order_for_nobody_is_not_placed(host: Host) -> None:
    with panel(host, "2") as terminal:
        terminal.fill("CUSTOMER ===>", "C99999").pf(5).assert_text("CUSTOMER NOT FOUND")
