"""Signing off before a terminal is closed, by its host's own rule: the keys of `Host.sign_off`. Never holds up the closing for long."""

import logging
import time

from app.errors import IastError
from app.screen import keyboard, script
from app.tn3270 import Session3270

log = logging.getLogger(__name__)

_SECONDS = 10.0  # for all the keys together; a host that is slower is hung up on


def sign_off(session: Session3270, keys: str) -> None:
    """Press these keys (as `./iast screen --keys` takes them), waiting for the host after each AID. Never raises: a host that hangs
    up, refuses a key or stays silent has been asked politely."""
    end = time.monotonic() + _SECONDS
    try:
        k = keyboard.on(session.wait(lambda screen: True, -1, end - time.monotonic()))
        for key in script.parse(keys):
            k = keyboard.press(k, key)
            if k.error:
                log.info("a sign-off ended at key %s: %s", key, k.error)
                return
            if k.aid:
                before = session.submit(k.aid, k.cursor, k.modified, k.screen.serial, k.screen.layout)
                k = keyboard.on(session.wait(lambda screen: True, before, end - time.monotonic()))
    except IastError as error:
        log.info("a sign-off was not finished: %s", error.code)
