"""Bearer tokens of the OpenID provider: signature, algorithm, issuer, audience, expiry. Trusts nothing a token says of itself."""

import json
import logging
import threading
import time
from typing import Any
from urllib.parse import urlsplit

import requests
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

from app.config import settings
from app.errors import NotReady, NotSignedIn

log = logging.getLogger(__name__)

# Asymmetric ones only: with HS256 our provider's public key would be the secret, and "none" is no signature at all.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519")
LEEWAY = 30  # seconds that our clock and the provider's may differ
MOST_CHARACTERS = 8_192
KEPT_SECONDS = 3_600  # a key the provider takes back is not taken by us for longer than this
RETRY_SECONDS = 30  # forged key ids make us ask the provider no more often than this
TIMEOUT = (3.05, 5)  # connect, read
MOST_BYTES = 1 << 20


class ProviderKeys:
    """The provider's public keys. Fetched on first use, again after KEPT_SECONDS, and for a key id not seen before."""

    def __init__(self, issuer: str) -> None:
        self._issuer = issuer
        self._lock = threading.Lock()
        self._keys: KeySet | None = None
        self._fetched = self._asked = float("-inf")

    def current(self) -> KeySet:
        """Raises NotReady when the provider never answered."""
        if self._keys is None or time.monotonic() - self._fetched > KEPT_SECONDS:
            self.ask()
        if self._keys is None:
            raise NotReady("The sign-in provider (OIDC_ISSUER) does not answer. Try again in a moment.")
        return self._keys

    def ask(self) -> None:
        """Ask the provider anew, unless that was done less than RETRY_SECONDS ago."""
        with self._lock:
            if time.monotonic() - self._asked < RETRY_SECONDS:
                return
            self._asked = time.monotonic()
            try:
                self._keys = KeySet.import_key_set(_get_json(discover(self._issuer)["jwks_uri"]))  # type: ignore[arg-type]
                self._fetched = self._asked
            except (NotReady, JoseError, KeyError, TypeError, ValueError) as error:
                log.warning("the sign-in provider's keys can't be had: %s", type(error).__name__)


def discover(issuer: str) -> dict[str, Any]:
    """The provider's discovery document (OpenID Connect Discovery 1.0, 4). Raises NotReady, also when it is another issuer's."""
    document = _get_json(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
    if document.get("issuer") != issuer:
        raise NotReady("The sign-in provider names itself differently than OIDC_ISSUER does. Correct OIDC_ISSUER, to the letter.")
    return document


def _get_json(url: str) -> dict[str, Any]:
    if urlsplit(url).scheme not in ("http", "https"):
        raise NotReady("The sign-in provider's addresses are not http or https.")
    try:
        with requests.get(url, timeout=TIMEOUT, stream=True, allow_redirects=False) as response:
            response.raise_for_status()
            body = response.raw.read(MOST_BYTES + 1, decode_content=True)
        if len(body) > MOST_BYTES:
            raise ValueError("too large")
        document = json.loads(body)
    except (requests.RequestException, ValueError, OSError) as error:
        raise NotReady("The sign-in provider (OIDC_ISSUER) does not answer as it should. Try again in a moment.") from error
    if not isinstance(document, dict):
        raise NotReady("The sign-in provider (OIDC_ISSUER) does not answer as it should.")
    return document


_providers: dict[str, ProviderKeys] = {}
_providers_lock = threading.Lock()


def provider_keys() -> ProviderKeys:
    """The keys of OIDC_ISSUER, shared by the threads of this process."""
    issuer = settings().oidc_issuer or ""
    with _providers_lock:
        return _providers.setdefault(issuer, ProviderKeys(issuer))


def email(claims: dict[str, Any]) -> str:
    """The address, unless the provider says that nobody has verified it: colleagues share sessions by it."""
    return "" if claims.get("email_verified") in (False, "false") else str(claims.get("email") or "")


def check(token: str) -> dict[str, Any]:
    """The claims of a bearer token that is good now. Raises NotSignedIn, which doesn't tell a forger what was wrong."""
    if not settings().oidc_audience:
        raise NotSignedIn("This server takes no bearer tokens: OIDC_AUDIENCE is not set.")
    try:
        claims = _verified(token).claims
        _registry().validate(claims)
        return claims
    except (JoseError, ValueError, TypeError, KeyError, UnicodeError) as error:
        log.info("a bearer token was refused: %s", type(error).__name__)
        raise NotSignedIn("That token is not good here (any more). Get a new one from your sign-in provider.") from None


def _verified(token: str) -> jwt.Token:
    if len(token) > MOST_CHARACTERS:
        raise ValueError("too long")
    keys = provider_keys()
    try:
        return jwt.decode(token, keys.current(), algorithms=ALGORITHMS)
    except InvalidKeyIdError:  # the provider may have changed its keys
        keys.ask()
        return jwt.decode(token, keys.current(), algorithms=ALGORITHMS)


def _registry() -> jwt.JWTClaimsRegistry:
    return jwt.JWTClaimsRegistry(
        leeway=LEEWAY,
        iss={"essential": True, "value": settings().oidc_issuer or ""},
        aud={"essential": True, "value": settings().oidc_audience or ""},
        sub={"essential": True},
        exp={"essential": True},
    )
