"""What every request passes before a route sees it (our own origin, a sign-in), and the headers of every answer."""

from urllib.parse import SplitResult, urlsplit

from flask import Flask, Response, request

from app.config import settings
from app.errors import Forbidden
from app.web import asking

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
HEADER = "X-IAST"  # a page of another site can't set it without a preflight, which we never grant
PUBLIC = frozenset(  # endpoints that need no sign-in; everything else does
    {"static", "openapi.spec", "health.alive", "health.ready", "metrics.metrics", "signin.login", "signin.callback", "page.shell"}
)
OWN_SIGN_IN = frozenset({"__flask_sock.terminal", "__flask_sock.live"})  # sockets tell their page by a close code: they ask themselves
LOOPBACK_NAMES = ["localhost", "127.0.0.1", "[::1]"]
CONTENT_SECURITY_POLICY = "; ".join(
    f"{kind}-src 'self'" for kind in ("script", "style", "font", "connect", "manifest", "worker")
) + "; default-src 'none'; img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"  # fmt: skip
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cache-Control": "no-store",
}
HSTS = "max-age=31536000"


def init_app(app: Flask) -> None:
    """Refuse by default: a route is public only when PUBLIC names it."""
    if settings().development_sign_in:
        # A name that an attacker points at 127.0.0.1 must not reach a server that signs everyone in.
        app.config["TRUSTED_HOSTS"] = [*LOOPBACK_NAMES, *filter(None, [_public().hostname])]
    app.before_request(_before)
    app.after_request(_after)


def _before() -> None:
    if request.endpoint is None:
        return  # no such route: 404 or 405 follows
    if request.method not in SAFE or request.endpoint in OWN_SIGN_IN:
        refuse_foreign_origin()  # a socket of ours from another site's page would carry our cookie
    if request.endpoint not in PUBLIC | OWN_SIGN_IN:
        asker = asking.asker()
        if request.method not in SAFE and asker.by_cookie and not _from_our_page():
            raise Forbidden(f"Send the header {HEADER}: 1 with a request that changes something.")


def _from_our_page() -> bool:
    return request.headers.get("Origin") in own_origins() or request.headers.get(HEADER) == "1"


def refuse_foreign_origin() -> None:
    """Browsers name the page a request comes from in Origin; programs send none. Raises Forbidden for another site's."""
    origin = request.headers.get("Origin")
    if origin is not None and origin not in own_origins():
        raise Forbidden("This request came from another site's page. Nothing was done.")


def own_origins() -> set[str]:
    """The origins our page is served from: IAST_PUBLIC_URL, and in development whatever loopback name was asked for."""
    public = _public()
    origins = {f"{public.scheme}://{public.netloc}"} if public.netloc else set()
    if settings().development_sign_in:
        origins.add(request.host_url.rstrip("/"))  # TRUSTED_HOSTS has checked it
    return origins


def secure() -> bool:
    """Whether people reach us over TLS."""
    return _public().scheme == "https"


def _public() -> SplitResult:
    return urlsplit(settings().public_url or "")


def _after(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if secure():
        response.headers.setdefault("Strict-Transport-Security", HSTS)
    response.headers.pop("Server", None)
    return response
