"""Telling pages: publishing to channels, and keeping each session's latest screen for those who come later. All of it sealed."""

import json

from app.broker.connection import client, ready
from app.broker.names import screen_key, session_channel
from app.errors import BadInput, Unsealable
from app.messages import Message, decode_json, decode_screen, encode_screen, shown
from app.screen.model import Screen
from app.sealing import seal, unseal

_KEPT_SECONDS = 24 * 3600


def publish(channel: str, message: Message) -> int:
    """Tell everyone on a channel; how many processes heard it. Raises NotReady."""
    with ready():
        return int(client().publish(channel, seal_message(channel, message)))


def publish_screen(session: str, screen: Screen, message: Message | None = None) -> None:
    """Keep the screen and tell the session's pages: by `message` (a ScreenChanged) if given, else whole.

    Kept first, in one round trip: whoever hears of a serial finds that screen or a newer one. Raises NotReady.
    """
    channel = session_channel(session)
    told = seal_message(channel, message or shown(session, screen))
    with ready(), client().pipeline(transaction=False) as pipe:
        pipe.set(screen_key(session), _seal_screen(session, screen), ex=_KEPT_SECONDS)
        pipe.publish(channel, told)
        pipe.execute()


def keep_screen(session: str, screen: Screen) -> None:
    """Keep a session's latest screen, for a day. Raises NotReady."""
    with ready():
        client().set(screen_key(session), _seal_screen(session, screen), ex=_KEPT_SECONDS)


def latest_screen(session: str) -> Screen | None:
    """The screen last kept; None when there is none, or the keys to it are gone. Raises NotReady."""
    with ready():
        sealed = client().get(screen_key(session))
    if sealed is None:
        return None
    try:
        return decode_screen(json.loads(unseal(sealed, screen_key(session))))  # type: ignore[arg-type]
    except (Unsealable, BadInput):
        return None  # the owner's next screen replaces it


def forget_screen(session: str) -> None:
    """Raises NotReady."""
    with ready():
        client().delete(screen_key(session))


def seal_message(channel: str, message: Message) -> bytes:
    """A message as it lies on a channel; it opens on no other."""
    return seal(_dump(message.to_json()), channel)


def unseal_message(channel: str, data: bytes) -> Message:
    """Raises Unsealable, BadInput."""
    return decode_json(unseal(data, channel))


def _seal_screen(session: str, screen: Screen) -> bytes:
    return seal(_dump(encode_screen(screen)), screen_key(session))


def _dump(wire: dict[str, object]) -> bytes:
    return json.dumps(wire, separators=(",", ":")).encode()
