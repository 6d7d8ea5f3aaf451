"""Sign-ins: which browser is signed in as whom, and until when. Ending one here ends it, whatever cookie is still around."""

import time
from dataclasses import dataclass
from datetime import timedelta

from app.errors import NotFound
from app.store import keys, table
from app.store.entities import entity, row_of


@dataclass(frozen=True, slots=True)
class SignIn:
    """`user` is a user id; `expires` is Unix seconds, the attribute that DynamoDB's TTL deletes by."""

    id: str
    user: str
    expires: int


def start(user: str, lasting: timedelta) -> SignIn:
    """A new sign-in with an id that nobody can guess."""
    made = SignIn(keys.new_id("k"), user, int(time.time() + lasting.total_seconds()))
    table.put(keys.sign_in(made.id), row_of(made))
    return made


def get(id: str) -> SignIn:
    """Raises NotFound when it has ended or expired."""
    row = table.get(keys.sign_in(id))
    if row is None:
        raise NotFound("This sign-in has ended.")
    return entity(SignIn, row)


def end(id: str) -> None:
    """Does nothing when it has ended already."""
    table.delete(keys.sign_in(id))
