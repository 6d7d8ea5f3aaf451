"""Sharing a session: who may watch it, who may type in it, and the end of that."""

from typing import Any

from apiflask import APIBlueprint

from app.broker import screens
from app.broker.names import session_channel, user_channel
from app.errors import BadInput, NotFound
from app.messages import SessionState
from app.store import sessions, shares, users
from app.store.sessions import Session
from app.web import shapes_kept as shapes
from app.web.asking import user

sharing = APIBlueprint("sharing", __name__, tag="Sharing")


@sharing.get("/sessions/<id>/shares")
@sharing.output(shapes.Shares)
def list_shares(id: str) -> dict[str, Any]:
    """Whom a session of yours is shared with"""
    session = sessions.get_owned(id, user().id)
    return {"items": [_shown(share) for share in shares.of_session(session.id)]}


@sharing.post("/sessions/<id>/shares")
@sharing.input(shapes.NewShare, arg_name="wish")
@sharing.output(shapes.Share, status_code=201)
@sharing.doc(responses={422: "Nobody, or more than one, has that address"})
def share_session(id: str, wish: shapes.NewShare) -> tuple[dict[str, Any], int]:
    """Let a colleague watch a session, or type in it

    Sharing again with the same person changes what they may.
    """
    session = sessions.get_owned(id, user().id)
    share = shares.put(session, _colleague(wish).id, wish.may)
    _tell(session, share.user)
    return _shown(share), 201


@sharing.delete("/sessions/<id>/shares/<who>")
@sharing.output({}, status_code=204)
def end_share(id: str, who: str) -> tuple[str, int]:
    """End a share; whoever it let in is out at once"""
    session = sessions.get_owned(id, user().id)
    shares.delete(session.id, who)
    _tell(session, who)
    return "", 204


@sharing.delete("/sessions/<id>/shares")
@sharing.output({}, status_code=204)
def end_shares(id: str) -> tuple[str, int]:
    """End every share of a session"""
    session = sessions.get_owned(id, user().id)
    for share in shares.of_session(session.id):
        shares.delete(session.id, share.user)
        _tell(session, share.user)
    return "", 204


def _colleague(wish: shapes.NewShare) -> users.User:
    """Raises BadInput."""
    if bool(wish.email) == bool(wish.user):
        raise BadInput("Say whom to share with: `email` or `user`, one of the two.")
    if wish.user:
        try:
            return users.get(wish.user)
        except NotFound:
            raise BadInput("There is no such user.", errors=[{"at": "user", "message": "no such user"}]) from None
    found = users.with_email(wish.email)
    if len(found) != 1:
        why = "More than one user has that address: give their user id." if found else "Nobody with that address has signed in here yet."
        raise BadInput(why, errors=[{"at": "email", "message": why}])
    return found[0]


def _shown(share: shares.Share) -> dict[str, Any]:
    try:
        who = users.get(share.user)
    except NotFound:
        return {"user": share.user, "name": "", "email": "", "may": share.may}
    return {"user": who.id, "name": who.name, "email": who.email, "may": share.may}


def _tell(session: Session, who: str) -> None:
    """Every page at the session looks again what it may (terminal.py), and the colleague's pages what is shared with them."""
    state = SessionState(session.id, session.state, session.reason, session.host, session.lu, session.worker)
    screens.publish(session_channel(session.id), state)
    screens.publish(user_channel(who), state)
