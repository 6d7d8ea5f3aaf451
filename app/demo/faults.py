"""Faults on demand: which accepted transaction goes wrong, and how. Pure but for its own seeded chance."""

from dataclasses import dataclass, fields
from enum import StrEnum
from random import Random
from typing import Any


class Kind(StrEnum):
    """What goes wrong. Those marked "not done" leave no entry in the ledger."""

    DROP_BEFORE_COMMIT = "drop-before-commit"  # not done; the connection is reset
    DROP_AFTER_COMMIT = "drop-after-commit"  # done; the connection is reset instead of an answer
    SILENT = "silent"  # not done; no answer ever, the connection stays
    SILENT_AFTER_COMMIT = "silent-after-commit"  # done; no answer ever, the connection stays
    LOCK = "lock"  # done; the answer leaves the keyboard locked
    UNEXPECTED = "unexpected"  # not done; an operator's broadcast instead of the answer, Enter goes back
    SLOW = "slow"  # done; the answer comes `ms` later
    SPLIT = "split"  # done; the keyboard is unlocked first and the screen follows `ms` later
    ABEND = "abend"  # not done (backed out); an abend message, Clear goes to the menu


NOT_DONE = {Kind.DROP_BEFORE_COMMIT, Kind.SILENT, Kind.UNEXPECTED, Kind.ABEND}


@dataclass
class Fault:
    """Strikes the transactions it fits: all, or those with this `transaction` name and `key`; the `next` so many of
    them (None: until cleared), each with `probability`."""

    fault: Kind
    next: int | None = None
    transaction: str | None = None
    key: str | None = None
    probability: float = 1.0
    ms: int = 1000  # of slow and split

    @classmethod
    def of(cls, wish: dict[str, Any]) -> "Fault":
        """A fault from its JSON form; ValueError says what is wrong with it."""
        known = {field.name for field in fields(cls)}
        if unknown := sorted(set(wish) - known):
            raise ValueError(f"unknown: {', '.join(unknown)}; known: {', '.join(sorted(known))}")
        fault = cls(**{**wish, "fault": _kind(wish.get("fault"))})
        fault._check()
        return fault

    def _check(self) -> None:
        if self.next is not None and (not isinstance(self.next, int) or self.next < 1):
            raise ValueError("next must be a whole number from 1, or left out")
        if not all(isinstance(text, str | None) for text in (self.transaction, self.key)):
            raise ValueError("transaction and key must be texts, or left out")
        if not isinstance(self.probability, int | float) or not 0 < self.probability <= 1:
            raise ValueError("probability must be above 0 and at most 1")
        if not isinstance(self.ms, int) or not 0 <= self.ms <= 3_600_000:
            raise ValueError("ms must be a whole number from 0 to 3600000")

    @property
    def done(self) -> bool:
        """Whether the transaction is carried out in spite of it."""
        return self.fault not in NOT_DONE

    def as_json(self) -> dict[str, Any]:
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def fits(self, transaction: str, key: str) -> bool:
        return self.transaction in (None, transaction) and self.key in (None, key)


def _kind(word: object) -> Kind:
    try:
        return Kind(str(word))
    except ValueError:
        raise ValueError(f"fault must be one of {', '.join(Kind)}") from None


class Faults:
    """The faults asked for, oldest first; the first that fits strikes."""

    def __init__(self, seed: int = 0) -> None:
        self.waiting: list[Fault] = []
        self._random = Random(seed)

    def add(self, fault: Fault) -> None:
        self.waiting.append(fault)

    def clear(self) -> None:
        self.waiting.clear()

    def strike(self, transaction: str, key: str) -> Fault | None:
        """The fault for this transaction, used up by one; None: it goes well."""
        for fault in self.waiting:
            if fault.fits(transaction, key) and self._random.random() < fault.probability:
                self._use(fault)
                return fault
        return None

    def _use(self, fault: Fault) -> None:
        if fault.next is None:
            return
        fault.next -= 1
        if fault.next == 0:
            self.waiting.remove(fault)
