"""Who is asking: the one place where a request, or a socket, becomes a user. Signing in is signin.py's; what is whose, the store's."""

import hmac
import time
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import g, request, session

from app.config import settings
from app.errors import NotFound, NotSignedIn
from app.store import signins, users
from app.store.keys import user_id
from app.store.users import User
from app.web import tokens

SIGNED_IN = timedelta(hours=12)  # a working day; then the provider is asked again
LOCAL_ISSUER = "local"
_COOKIE_FIELD = "sign-in"


@dataclass(frozen=True, slots=True)
class Asker:
    """A user, and until when (Unix time) what they showed is good."""

    user: User
    expires: float
    sign_in: str = ""  # id of the sign-in behind a cookie; "" for a bearer token

    @property
    def by_cookie(self) -> bool:
        return bool(self.sign_in)

    def still(self) -> bool:
        """Whether they would be let in again now: for sockets, which outlive the request that opened them."""
        if time.time() >= self.expires:
            return False
        return not self.sign_in or _sign_in(self.sign_in) is not None


def asker() -> Asker:
    """Who sent this request. Raises NotSignedIn. A bearer token, when there is one, decides alone."""
    if "asker" not in g:
        header = request.headers.get("Authorization")
        g.asker = _by_cookie() if header is None else _by_bearer(header)
    return g.asker  # type: ignore[no-any-return]


def user() -> User:
    """The user who sent this request. Raises NotSignedIn."""
    return asker().user


def is_administrator() -> bool:
    """Whether who sent this request may see what everybody did. Raises NotSignedIn."""
    return user().id in settings().administrators


def sign_in(who: User) -> None:
    """Start a sign-in and put it in the cookie, which holds nothing from before (no fixation)."""
    session.clear()
    session[_COOKIE_FIELD] = signins.start(who.id, SIGNED_IN).id
    session.permanent = True


def sign_out() -> None:
    """End the sign-in itself, not only the browser's copy of it: a stolen cookie is worth nothing afterwards."""
    if asker().sign_in:
        signins.end(asker().sign_in)
    session.clear()


def local_user() -> User:
    """The one user of development sign-in, made when missing."""
    return users.provision(LOCAL_ISSUER, "local", "Local user", "")


def _by_cookie() -> Asker:
    found = _sign_in(session.get(_COOKIE_FIELD, ""))
    if found is None:
        raise NotSignedIn()
    try:
        return Asker(users.get(found.user), found.expires, found.id)
    except NotFound:
        raise NotSignedIn() from None


def _sign_in(id: str) -> signins.SignIn | None:
    try:
        return signins.get(id) if id else None
    except NotFound:
        return None


def _by_bearer(header: str) -> Asker:
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise NotSignedIn("Send `Authorization: Bearer TOKEN`.")
    if settings().development_sign_in:
        return _by_local_token(token)
    claims = tokens.check(token)
    return Asker(_owner_of(claims), float(claims["exp"]))


def _owner_of(claims: dict[str, Any]) -> User:
    """A token's user: made when first seen, left as is afterwards, for access tokens often carry no name."""
    try:
        return users.get(user_id(claims["iss"], claims["sub"]))
    except NotFound:
        return users.provision(claims["iss"], claims["sub"], str(claims.get("name") or ""), tokens.email(claims))


def _by_local_token(token: str) -> Asker:
    expected = settings().local_token
    if not expected or not hmac.compare_digest(token.encode(), expected.encode()):
        raise NotSignedIn("That is not the token of this server. `./iast up` keeps it in up.json of its data directory.")
    return Asker(local_user(), float("inf"))
