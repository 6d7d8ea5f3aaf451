"""The example lists are what their command writes, and fit the mock mainframe."""

import csv
from pathlib import Path

from app.demo.examples import FOLDER, NO_SUCH_POLICY, SEED, write
from app.demo.policies import POLICIES, make_policies


def rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_the_examples_are_what_the_command_writes(tmp_path: Path) -> None:
    write(tmp_path)
    written = {path.name: path.read_text() for path in tmp_path.iterdir()}
    assert written == {path.name: path.read_text() for path in FOLDER.glob("*.csv")}


def test_every_policy_of_the_example_can_be_shown_and_renewed() -> None:
    policies = make_policies(SEED)
    listed = [policies[row["policy"]] for row in rows("policies.csv")]
    assert [policy.number for policy in listed] == list(policies)[:1000]
    assert not any(policy.locked or policy.lapsed for policy in listed)


def test_the_mixed_example_has_every_way_to_be_refused() -> None:
    numbers = [row["policy"] for row in rows("policies-mixed.csv")]
    policies = make_policies(SEED)
    known = [policies[number] for number in numbers if number != NO_SUCH_POLICY]
    assert len(known) == len(numbers) - 1
    assert any(policy.locked for policy in known)
    assert any(policy.lapsed for policy in known)


def test_the_book_follows_from_the_seed_with_its_share_of_locked_and_lapsed() -> None:
    assert make_policies(1) == make_policies(1) != make_policies(2)
    book = make_policies(SEED).values()
    assert len(book) == POLICIES
    assert 100 < sum(policy.locked for policy in book) < 300
    assert 200 < sum(policy.lapsed for policy in book) < 400
