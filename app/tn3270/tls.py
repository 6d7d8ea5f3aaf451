"""TLS towards a host: one context for equal settings, and the cause of a failure in words. Opens no socket."""

import asyncio.sslproto
import os
import ssl
import tempfile
from functools import lru_cache

from app.errors import BadInput, TlsFailed
from app.tn3270.address import HostAddress

asyncio.sslproto.SSLProtocol.max_size = 16 * 1024  # type: ignore[misc]  # of its read buffer: 256 KiB a session otherwise

_VERSIONS = {"1.2": ssl.TLSVersion.TLSv1_2, "1.3": ssl.TLSVersion.TLSv1_3}
_VERIFY = {  # OpenSSL's X509_V_ERR_ numbers
    9: "its certificate is not valid yet",
    10: "its certificate has expired",
    18: "its certificate is self-signed; give it as the host's private CA if you trust it",
    19: "its certificate comes from a CA that is not trusted; give that CA's certificate as the host's private CA",
    20: "its certificate comes from a CA that is not trusted; give that CA's certificate as the host's private CA",
    21: "its certificate comes from a CA that is not trusted; give that CA's certificate as the host's private CA",
    23: "its certificate has been revoked",
    62: "its certificate is for another name; set the host's server name if that name is right",
    64: "its certificate is for another address; set the host's server name if that name is right",
}
_PLAIN_TEXT = ("WRONG_VERSION_NUMBER", "UNKNOWN_PROTOCOL", "HTTP_REQUEST", "RECORD_LAYER_FAILURE", "PACKET_LENGTH_TOO_LONG")
_VERSION = ("UNSUPPORTED_PROTOCOL", "TLSV1_ALERT_PROTOCOL_VERSION", "NO_PROTOCOLS_AVAILABLE", "VERSION_TOO_LOW")
_CLIENT = ("CERTIFICATE_REQUIRED", "SSLV3_ALERT_BAD_CERTIFICATE", "ALERT_UNKNOWN_CA", "SSLV3_ALERT_CERTIFICATE", "ALERT_ACCESS_DENIED")


def context(address: HostAddress) -> ssl.SSLContext:
    """The context for a host's settings. Raises BadInput for a CA or client certificate that can't be read."""
    return _context(address.verify, address.ca, address.client_certificate, address.minimum_tls)


def server_name(address: HostAddress) -> str:
    return address.server_name or address.host


@lru_cache(maxsize=64)
def _context(verify: bool, ca: str, client_certificate: str, minimum: str) -> ssl.SSLContext:
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.minimum_version = _VERSIONS[minimum]
    if not verify:
        made.check_hostname, made.verify_mode = False, ssl.CERT_NONE
    elif ca:
        _trust(made, ca)
    else:
        made.load_default_certs()
    if client_certificate:
        _show(made, client_certificate)
    return made


def _trust(made: ssl.SSLContext, ca: str) -> None:
    try:
        made.load_verify_locations(cadata=ca)
    except (ssl.SSLError, ValueError):
        raise BadInput("The host's private CA is not a certificate in PEM form.") from None


def _show(made: ssl.SSLContext, pem: str) -> None:
    """Load a client certificate; OpenSSL takes it from a file only, which nobody else can read and which goes at once."""
    descriptor, path = tempfile.mkstemp()
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(pem)
        made.load_cert_chain(path, password=lambda: "")
    except (ssl.SSLError, ValueError, OSError):
        raise BadInput("The client certificate is not a certificate and its unencrypted key in PEM form.") from None
    finally:
        os.unlink(path)


def failed(error: BaseException) -> TlsFailed:
    """What went wrong in a handshake, as an error that names the cause."""
    return TlsFailed(f"No secure connection to the host: {_cause(error)}.")


def _cause(error: BaseException) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return _VERIFY.get(error.verify_code, f"its certificate was refused ({error.verify_message})")
    if isinstance(error, TimeoutError | ConnectionAbortedError):
        return "it was silent in the TLS handshake; is this a port without TLS?"
    reason = (getattr(error, "reason", None) or "") if isinstance(error, ssl.SSLError) else ""
    if any(word in reason for word in _PLAIN_TEXT):
        return "it answered in plain text; is this a port without TLS?"
    if any(word in reason for word in _VERSION):
        return "it speaks no TLS version that the settings allow"
    if any(word in reason for word in _CLIENT):
        return "it asks for a client certificate that it trusts"
    if "HANDSHAKE_FAILURE" in reason:
        return "it shares no cipher with us, or asks for a client certificate"
    return f"it broke off the TLS handshake{f' ({reason})' if reason else ''}"
