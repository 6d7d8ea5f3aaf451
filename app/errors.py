"""Every error raised on purpose. Its docstring is its message and says what to do; nothing here imports from the project."""


class IastError(Exception):
    """Something went wrong. Look at the log of the process that says so."""

    status = 500  # the HTTP status an edge answers with
    code = "internal"  # the stable word for programs; never reworded

    def __init__(self, message: str | None = None, **facts: object) -> None:
        super().__init__(message or type(self).__doc__ or "")
        self.facts = facts  # non-secret facts for the problem document

    @property
    def message(self) -> str:
        return str(self)


class BadInput(IastError):
    """What was sent can't be used. Correct it and send it again."""

    status, code = 422, "bad-input"


class NotFound(IastError):
    """There is nothing of yours by that name. Check the name."""

    status, code = 404, "not-found"


class NotSignedIn(IastError):
    """Sign in first."""

    status, code = 401, "not-signed-in"


class Forbidden(IastError):
    """This request came from another site's page, or without the header X-IAST. Nothing was done."""

    status, code = 403, "forbidden"


class Conflict(IastError):
    """Somebody changed this at the same time. Look at it again and repeat what you meant."""

    status, code = 409, "conflict"


class NoCapacity(IastError):
    """No worker can take a session now. Try again in a moment, or start another worker."""

    status, code = 503, "no-capacity"


class NotReady(IastError):
    """A part that IAST needs does not answer. Try again in a moment."""

    status, code = 503, "not-ready"


class Misconfigured(IastError):
    """A setting is missing or can't be used. The message names it."""

    code = "misconfigured"


class HostError(IastError):
    """The host or the way to it failed. This session is over; open another."""

    status, code = 502, "host"
    screen: object = None  # the last Screen seen, where there was one


class HostUnreachable(HostError):
    """The host does not accept connections. Check its address, or ask whether it is up."""

    code = "host-unreachable"


class HostSilent(HostError):
    """The host took the connection and never answered. Check that the port speaks TN3270 (and TLS, if it is set)."""

    code = "host-silent"


class HostLost(HostError):
    """The host hung up. This session is over; open another."""

    code = "host-lost"


class HostMisbehaved(HostError):
    """The host sent what no 3270 host sends. This session was ended to protect the others."""

    code = "host-misbehaved"


class HostRefused(HostError):
    """The host does not give what was asked of it. Ask for something else, or ask the host's people why."""

    code = "host-refused"


class TlsFailed(HostError):
    """No secure connection could be made. Check the host's certificate and the TLS settings of the host."""

    code = "tls-failed"


class WaitTimeout(HostError):
    """The host did not show what was expected in time. The screen it did show is kept with this error."""

    code = "wait-timeout"


class TransferFailed(HostError):
    """The file was not moved. The host's own message says why; what had arrived of it was thrown away."""

    status, code = 502, "transfer-failed"


class TransferCancelled(IastError):
    """The transfer was cancelled. What had arrived here was thrown away; the host was told to stop."""

    status, code = 409, "transfer-cancelled"


class InputRefused(IastError):
    """The keyboard refused that. Nothing was sent to the host."""

    status, code = 409, "input-refused"


class Unsealable(IastError):
    """Sealed data can't be opened with any key of IAST_SEAL_KEYS. Was the key changed?"""

    code = "unsealable"
