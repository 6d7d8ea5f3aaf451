"""Hosts that may be connected to: no other address ever is. Their sign-on credentials are sealed under the host's name."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic import Field as Limit

from app import windows
from app.errors import BadInput, NotFound
from app.screen import script
from app.sealing import seal_text, unseal_text
from app.store import keys, table
from app.store.entities import entity, row_of

Name = Annotated[str, Limit(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$")]
Text = Annotated[str, Limit(max_length=10_000)]


@dataclass(frozen=True, slots=True)
class Host:
    """A TN3270 host. `ca` is PEM text of a private authority, `lu` names tried in order, `credentials` sealed text.

    `max_lanes` bounds the sessions that runs hold on it; `connect_seconds` the time until the first screen;
    `idle_minutes` closes a terminal that nobody used for so long (0: the general setting);
    `printer` is what terminals print on unless another is wished for: "" nothing, "associate" the printer of the terminal's LU, or
    a printer's LU name; `record` has every terminal recorded; `sign_off` are the keys that leave it before a
    terminal is closed ("PF(3) PF(3)"). Runs press at most `max_rate`
    keys a second on it (0: as many as they like), only within its `windows` ("Mon-Fri 07:00-19:00", by its time zone; none:
    always), and stop for `breaker_seconds` after so many failures in a row.
    """

    __pydantic_config__ = ConfigDict(extra="forbid")
    name: Name
    address: Annotated[str, Limit(min_length=1, max_length=253)]
    port: Annotated[int, Limit(ge=1, le=65535)]
    tls: Literal["no", "yes", "starttls"] = "no"
    verify: bool = True
    ca: Text = ""
    server_name: Text = ""
    code_page: Annotated[str, Limit(min_length=1, max_length=40)] = "cp037"
    model: Annotated[str, Limit(pattern=r"^([2-5]|\d{1,3}x\d{1,3})$")] = "2"
    lu: tuple[Annotated[str, Limit(pattern=r"^[A-Za-z0-9@#$_.-]{1,17}$")], ...] = ()
    description: Text = ""
    max_lanes: Annotated[int, Limit(ge=1)] = 50
    connect_seconds: Annotated[int, Limit(ge=1, le=600)] = 20
    credentials: str | None = field(default=None, repr=False)
    idle_minutes: Annotated[int, Limit(ge=0)] = 0
    printer: Annotated[str, Limit(pattern=r"^[A-Za-z0-9@#$_.-]{0,17}$")] = ""
    record: bool = False
    sign_off: Text = ""
    max_rate: Annotated[float, Limit(ge=0)] = 0.0
    windows: tuple[Text, ...] = ()
    time_zone: Annotated[str, Limit(min_length=1, max_length=60)] = "UTC"
    breaker_failures: Annotated[int, Limit(ge=1)] = 10
    breaker_seconds: Annotated[int, Limit(ge=1)] = 30


@dataclass(frozen=True, slots=True)
class Credential:
    """A user and password of the host, for lanes to sign on with."""

    __pydantic_config__ = ConfigDict(extra="forbid")
    user: Annotated[str, Limit(min_length=1, max_length=100)]
    password: Annotated[str, Limit(max_length=200)] = field(repr=False)


_host = TypeAdapter(Host)
_credentials = TypeAdapter(tuple[Credential, ...])


def load(objects: Iterable[Mapping[str, Any]]) -> list[Host]:
    """Put the hosts of IAST_HOSTS; each an object with Host's fields, `credentials` a list of {user, password} in the clear.

    Raises BadInput naming the host and the field, and never a value.
    """
    made = [parse(wire) for wire in objects]
    for host in made:
        put(host)
    return made


def parse(wire: Mapping[str, Any]) -> Host:
    """A Host of an object, its credentials sealed. Raises BadInput."""
    plain = {name: value for name, value in wire.items() if name != "credentials"}
    try:
        host = _host.validate_python(plain)
        credentials = _credentials.validate_python(wire.get("credentials") or ())
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise BadInput(f"Host {str(wire.get('name', ''))[:64]!r}: {where}: {first['msg']}") from None
    script.parse(host.sign_off)
    windows.zone(host.time_zone)
    for window in host.windows:
        windows.parse(window)
    return with_credentials(host, credentials)


def with_credentials(host: Host, credentials: Sequence[Credential]) -> Host:
    """The host with these sealed into it; none when there are none."""
    if not credentials:
        return replace(host, credentials=None)
    listed = [[c.user, c.password] for c in credentials]
    return replace(host, credentials=seal_text(json.dumps(listed), _context(host.name)))


def credentials(host: Host) -> list[Credential]:
    """Unsealed, for the one who signs on with them. Raises Unsealable."""
    if host.credentials is None:
        return []
    return [Credential(*pair) for pair in json.loads(unseal_text(host.credentials, _context(host.name)))]


def put(host: Host) -> None:
    """Make or replace a host."""
    table.put(keys.host(host.name), row_of(host))


def get(name: str) -> Host:
    """Raises NotFound."""
    row = table.get(keys.host(name))
    if row is None:
        raise NotFound(f"There is no host {name[:64]!r}. The list of hosts names those there are.")
    return entity(Host, row)


def all() -> list[Host]:
    """Every host, by name."""
    return [entity(Host, row) for row in table.rows(table.TABLE, keys.HOSTS)]


def _context(name: str) -> str:
    return f"host/{name}/credentials"
