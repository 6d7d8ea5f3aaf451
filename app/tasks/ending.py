"""How a session opens and ends: written down, then told to its viewers. The first to say that it is over wins."""

import logging
from typing import Literal

from app.broker import screens
from app.broker.names import session_channel, user_channel
from app.errors import Conflict, IastError, NotFound
from app.messages import SessionState
from app.store import hosts, sessions
from app.tn3270 import HostAddress

log = logging.getLogger(__name__)


def end(id: str, state: Literal["lost", "closed"], reason: str = "") -> None:
    """Record that a session is over and tell its viewers; nothing if it was over already. A store that is away is not an
    error here: recovery finds sessions that nobody holds."""
    try:
        told(sessions.ended(id, state, reason[:500]))
        if state == "closed":
            screens.forget_screen(id)
    except (Conflict, NotFound):
        pass
    except IastError as error:
        log.warning("the end of session %s is not recorded yet: %s", id, error)


def told(session: sessions.Session) -> None:
    """Tell the session's pages, and its owner's, where it is. Raises NotReady."""
    message = SessionState(session.id, session.state, session.reason, session.host, session.lu, session.worker)
    screens.publish(session_channel(session.id), message)
    if session.purpose == "terminal":
        screens.publish(user_channel(session.owner), message)


def address_of(host: hosts.Host, session: sessions.Session) -> HostAddress:
    """Where a session connects to: always a host of the store. Raises BadInput."""
    return HostAddress(
        host=host.address,
        port=host.port,
        tls=host.tls,
        verify=host.verify,
        ca=host.ca,
        server_name=host.server_name,
        code_page=host.code_page,
        model=session.model or host.model,
        lu=(session.lu,) if session.lu else host.lu,
        connect_seconds=host.connect_seconds,
    )
