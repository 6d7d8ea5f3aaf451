"""Every key of the table, and ids. docs/store.md has the whole picture; no other file spells a key."""

import hashlib
import secrets
from base64 import urlsafe_b64encode

from app.errors import NotFound

Key = tuple[str, str]  # (pk, sk)

_LONGEST = 200  # ids arrive in URLs; DynamoDB refuses keys over 1 KB with an error that looks like ours
_DIGITS = 8  # item numbers sort as text


def new_id(prefix: str) -> str:
    """`s-...`, `r-...`: 128 random bits, so that knowing one says nothing of another."""
    return f"{prefix}-{secrets.token_urlsafe(16)}"


def user_id(issuer: str, subject: str) -> str:
    """Always the same for the same person, so two first sign-ins at once make one user."""
    digest = hashlib.sha256(f"{len(issuer)}:{issuer}{subject}".encode()).digest()
    return f"u-{urlsafe_b64encode(digest[:18]).decode()}"


def user(id: str) -> Key:
    return f"USER#{_part(id)}", "USER"


def sign_in(id: str) -> Key:
    return f"SIGNIN#{_part(id)}", "SIGNIN"


def settings_of(user_id: str) -> Key:
    return f"USER#{_part(user_id)}", "SETTINGS"


def entry(kind: str, id: str) -> Key:
    """Of the library: a macro, a configuration."""
    return f"{kind}#{_part(id)}", kind


def share(session_id: str, user_id: str = "") -> Key:
    return f"SESSION#{_part(session_id)}", f"SHARE#{user_id[:_LONGEST]}"


def launch(id: str) -> Key:
    return f"LAUNCH#{_part(id)}", "LAUNCH"


def recording(id: str) -> Key:
    return f"RECORDING#{_part(id)}", "RECORDING"


def recording_part(id: str, first: int) -> Key:
    return f"RECORDING#{_part(id)}", f"PART#{number(first)}"


def printed(id: str) -> Key:
    return f"PRINTED#{_part(id)}", "PRINTED"


def printed_part(id: str, n: int) -> Key:
    return f"PRINTED#{_part(id)}", f"PART#{number(n)}"


HOSTS = "HOSTS"  # one partition: there are tens of hosts, and they are listed together


def host(name: str) -> Key:
    return HOSTS, f"HOST#{_part(name)}"


def session(id: str) -> Key:
    return f"SESSION#{_part(id)}", "SESSION"


def run(id: str) -> Key:
    return f"RUN#{_part(id)}", "RUN"


def chunk(run_id: str, first: int) -> Key:
    return f"RUN#{_part(run_id)}", f"CHUNK#{number(first)}"


def item(run_id: str, n: int) -> Key:
    return f"RUN#{_part(run_id)}", f"ITEM#{number(n)}"


def frames(run_id: str, n: int, attempt: int, part: int) -> Key:
    return f"FRAMES#{_part(run_id)}#{number(n)}", f"{attempt:04}#{part:04}"


def schedule(id: str) -> Key:
    return f"SCHEDULE#{_part(id)}", "SCHEDULE"


def firing(schedule_id: str, n: int) -> Key:
    """An entry of a schedule's history."""
    return f"SCHEDULE#{_part(schedule_id)}", f"FIRED#{number(n)}"


# gsi1 (all attributes): what a user lists, newest first


def of_owner(owner: str, kind: str) -> str:
    """`kind` is SESSIONS, RUNS, SCHEDULES, RECORDINGS, MACROS, CONFIGURATIONS, or SHARED (others' sessions)."""
    return f"OWNER#{_part(owner)}#{kind}"


def lanes_of_run(run_id: str) -> str:
    return f"LANES#{_part(run_id)}"


def printed_in(session_id: str) -> str:
    """The print jobs of a session."""
    return f"PRINTED#{_part(session_id)}#JOBS"


def by_age(created: str, id: str) -> str:
    return f"{created}#{id}"


def of_email(address: str) -> str:
    """Users by e-mail address, however it is capitalised."""
    return f"EMAIL#{_part(address.casefold()[:_LONGEST])}"


# gsi2 (keys only): what is in some state now; a row that leaves the state leaves the index

LIVE_SESSIONS = "LIVE#SESSIONS"
ACTIVE_RUNS = "LIVE#RUNS"
UNARCHIVED_RUNS = "UNARCHIVED#RUNS"
ACTIVE_LAUNCHES = "LIVE#LAUNCHES"


def ended_runs(day: str) -> str:
    """Everybody's runs that ended on a day (YYYY-MM-DD)."""
    return f"ENDED#{day}#RUNS"


def due(shard: int) -> str:
    """Schedules that have something to do, by when."""
    return f"DUE#{shard}"


def on_worker(worker: str, id: str = "") -> str:
    return f"{_part(worker or '-')}#{id}"


def shared(kind: str) -> str:
    """What everybody may read of the library."""
    return f"SHARED#{kind}"


def items_in(run_id: str, status: str) -> str:
    return f"ITEMS#{_part(run_id)}#{status}"


def number(n: int) -> str:
    return f"{n:0{_DIGITS}}"


def _part(text: str) -> str:
    if not 0 < len(text) <= _LONGEST:
        raise NotFound()
    return text
