"""Users: who has signed in. Identity comes from the issuer; a name or e-mail address never decides who somebody is."""

from dataclasses import dataclass

from boto3.dynamodb.conditions import Attr

from app.clock import now
from app.errors import NotFound
from app.store import keys, table
from app.store.entities import entity


@dataclass(frozen=True, slots=True)
class User:
    """Somebody known by `subject` to `issuer`. `created` is a time."""

    id: str
    subject: str
    issuer: str
    name: str = ""
    email: str = ""
    created: str = ""


def provision(issuer: str, subject: str, name: str = "", email: str = "") -> User:
    """The user, made on first sign-in, with the name and address of the latest one. Safe to call at the same time."""
    id = keys.user_id(issuer, subject)
    changes: table.Row = {"id": id, "issuer": issuer, "subject": subject, "name": name, "email": email}
    changes |= {"gsi1pk": keys.of_email(email) if email else None, "gsi1sk": id if email else None}
    try:
        row = table.update(keys.user(id), changes, Attr("pk").exists())
    except table.ConditionFailed:
        row = _first(id, {**changes, "created": now()})
    return entity(User, row)


def get(id: str) -> User:
    """Raises NotFound."""
    row = table.get(keys.user(id))
    if row is None:
        raise NotFound("There is no such user.")
    return entity(User, row)


def with_email(address: str) -> list[User]:
    """Who has this e-mail address, by what the provider said when they last signed in. More than one is possible."""
    return [entity(User, row) for row in table.rows(table.LISTS, keys.of_email(address))] if address else []


def _first(id: str, row: table.Row) -> table.Row:
    try:
        table.put(keys.user(id), row, Attr("pk").not_exists())
    except table.ConditionFailed:
        return table.get(keys.user(id)) or row  # signed in twice at once
    return row
