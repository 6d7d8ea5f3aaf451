"""Signing in and out: OpenID Connect by Authlib, or the one local user in development. Who is asking afterwards is asking.py's."""

import logging
import unicodedata
from typing import Any
from urllib.parse import quote, urlsplit

from apiflask import APIBlueprint
from authlib.integrations.base_client import OAuthError
from authlib.integrations.flask_client import OAuth
from flask import Flask, Response, current_app, redirect, request, session
from joserfc.errors import JoseError
from requests import RequestException

from app.config import settings
from app.errors import NotReady, NotSignedIn
from app.store import users
from app.web import asking, shapes, tokens

log = logging.getLogger(__name__)
signin = APIBlueprint("signin", __name__, url_prefix="/auth", tag="Sign-in")
_NEXT = "next"


def init_app(app: Flask) -> None:
    """Register the provider of OIDC_ISSUER, when there is one."""
    app.register_blueprint(signin)
    if settings().development_sign_in:
        return
    oauth = OAuth(app)
    oauth.register(
        "provider",
        client_id=settings().oidc_client_id,
        client_secret=settings().oidc_client_secret,
        server_metadata_url=f"{(settings().oidc_issuer or '').rstrip('/')}/.well-known/openid-configuration",
        client_kwargs={"scope": "openid profile email", "code_challenge_method": "S256", "default_timeout": 5},
    )
    app.extensions["iast.provider"] = oauth.provider


@signin.get("/login")
@signin.doc(
    summary="Sign in", description="Redirects to the sign-in provider, and from there back to `next`.", responses={302: "On the way"}
)
def login() -> Response:
    session[_NEXT] = own_path(request.args.get("next", "/"))
    if settings().development_sign_in:
        return _signed_in(asking.local_user())
    try:
        return _provider().authorize_redirect(_callback_url())  # type: ignore[no-any-return]
    except (RequestException, OAuthError, ValueError) as error:
        raise _silent(error) from error


@signin.get("/callback")
@signin.doc(hide=True)  # the provider's to call, not a program's
def callback() -> Response:
    if settings().development_sign_in:
        raise NotSignedIn()
    claims = _claims()
    who = users.provision(
        claims["iss"], claims["sub"], str(claims.get("name") or claims.get("preferred_username") or ""), tokens.email(claims)
    )
    return _signed_in(who)


@signin.post("/logout")
@signin.output(shapes.SignedOut)
def logout() -> dict[str, str]:
    """Sign out

    Ends the sign-in on every tab; open terminals keep running. The page then goes to `next`, which signs out of the provider too.
    """
    asking.sign_out()
    return {"next": _provider_logout()}


@signin.get("/me")
@signin.output(shapes.Me)
def me() -> dict[str, Any]:
    """Who is signed in"""
    who = asking.user()
    return {"id": who.id, "name": who.name, "email": who.email, "sign_in": "development" if settings().development_sign_in else "oidc"}


def own_path(wanted: str) -> str:
    """A path of ours to go to after sign-in; "/" for whatever could lead elsewhere."""
    parts = urlsplit(wanted)
    odd = "\\" in wanted or any(unicodedata.category(c).startswith("C") for c in wanted)
    if odd or parts.scheme or parts.netloc or not wanted.startswith("/") or wanted.startswith("//"):
        return "/"
    return wanted


def _signed_in(who: users.User) -> Response:
    goal = own_path(session.get(_NEXT, "/"))
    asking.sign_in(who)
    return redirect(goal)  # type: ignore[return-value]


def _claims() -> dict[str, Any]:
    """The checked claims of the ID token that the provider gives for the code. Raises NotSignedIn."""
    provider = _provider()
    try:
        metadata = provider.load_server_metadata()
        if metadata.get("issuer") != settings().oidc_issuer:
            raise ValueError("issuer")
        offered = metadata.get("id_token_signing_alg_values_supported") or ["RS256"]
        metadata["id_token_signing_alg_values_supported"] = [name for name in offered if name in tokens.ALGORITHMS]
        token = provider.authorize_access_token(leeway=tokens.LEEWAY)
        return dict(token["userinfo"])  # absent when there was no ID token
    except RequestException as error:
        raise _silent(error) from error
    except (OAuthError, JoseError, ValueError, KeyError, TypeError) as error:
        log.warning("sign-in failed: %s", type(error).__name__)  # its text may hold what was sent
        raise NotSignedIn("The sign-in did not succeed. Start again at /auth/login.") from None


def _silent(error: Exception) -> NotReady:
    log.warning("the sign-in provider does not answer: %s", type(error).__name__)
    return NotReady("The sign-in provider does not answer. Try again in a moment.")


def _provider() -> Any:
    return current_app.extensions["iast.provider"]


def _callback_url() -> str:
    return f"{(settings().public_url or '').rstrip('/')}/auth/callback"


def _provider_logout() -> str:
    """Where to end the provider's own sign-in (OpenID Connect RP-Initiated Logout 1.0), or our first page."""
    if settings().development_sign_in:
        return "/"
    try:
        end = str(_provider().load_server_metadata().get("end_session_endpoint") or "")
    except (RequestException, ValueError):
        return "/"
    if not end:
        return "/"
    back = quote(f"{(settings().public_url or '').rstrip('/')}/", safe="")
    return f"{end}{'&' if '?' in end else '?'}client_id={quote(settings().oidc_client_id or '', safe='')}&post_logout_redirect_uri={back}"
