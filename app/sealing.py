"""Sealing: authenticated encryption of what people typed or saw, and of secrets at rest. Knows no queue and no table.

AES-256-GCM (NIST SP 800-38D) under a key derived from a key of IAST_SEAL_KEYS and the context (HKDF-SHA256, RFC 5869).
A context names where sealed data belongs ("iast.session.s-1"), so that it can't be opened anywhere else. Deriving a key
for each context also keeps each far below the 2**32 messages that random nonces allow one key; a busy farm would use
that up in weeks. Keys rotate: put a new one first, keep the old ones until what they sealed has expired.

Sealed form: one byte, the length of the key's id; the id; 12 bytes nonce; ciphertext and 16 bytes tag.
"""

import base64
import os
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.config import settings
from app.errors import Unsealable

_NONCE = 12
_KEY = 32


def seal(data: bytes, context: str) -> bytes:
    """Encrypt with the first key. Raises Misconfigured when there is none."""
    key_id, key = next(iter(settings().require("seal_keys").seal_keys.items()))
    nonce = os.urandom(_NONCE)
    name = key_id.encode()
    return bytes((len(name),)) + name + nonce + _cipher(key, context).encrypt(nonce, data, name)


def unseal(data: bytes, context: str) -> bytes:
    """Decrypt with the key it names. Raises Unsealable: an unknown key, another context, or a changed byte."""
    if not data or len(data) < 1 + data[0] + _NONCE:
        raise Unsealable("That was never sealed.")
    name, rest = data[1 : 1 + data[0]], data[1 + data[0] :]
    key = settings().require("seal_keys").seal_keys.get(name.decode(errors="replace"))
    if key is None:
        raise Unsealable()
    try:
        return _cipher(key, context).decrypt(rest[:_NONCE], rest[_NONCE:], name)
    except InvalidTag:
        raise Unsealable() from None


def seal_text(text: str, context: str) -> str:
    """`seal` for text, in base64: for attributes of the store."""
    return base64.b64encode(seal(text.encode(), context)).decode()


def unseal_text(sealed: str, context: str) -> str:
    """The inverse of `seal_text`. Raises Unsealable."""
    try:
        data = base64.b64decode(sealed, validate=True)
    except ValueError:
        raise Unsealable("That was never sealed.") from None
    return unseal(data, context).decode()


@lru_cache(maxsize=4096)  # a session's messages all have one context; deriving for each would double their cost
def _cipher(key: bytes, context: str) -> AESGCM:
    return AESGCM(HKDF(SHA256(), _KEY, salt=None, info=b"iast-seal-1:" + context.encode()).derive(key))
