"""HostAddress: where a host is and how to speak with it. A checked value; opens nothing."""

import re
from dataclasses import dataclass, field

from app.errors import BadInput

MODELS = {"2": (24, 80), "3": (32, 80), "4": (43, 80), "5": (27, 132)}  # GA23-0059, alternate screen sizes
MOST_CELLS = 16383  # 14-bit buffer addresses end here
_SIZE = re.compile(r"(\d{2,3})[xX](\d{2,3})")
_NAME = re.compile(r"[A-Za-z0-9@#$_.-]{1,32}")


@dataclass(frozen=True, slots=True)
class HostAddress:
    """A host and the terminal to be there. Raises BadInput when made of values that can't be used.

    `model` is 2, 3, 4, 5 or ROWSxCOLUMNS. `lu` are names to ask for, tried in order. `ca` and `client_certificate` are PEM
    text (the latter certificate chain and key). `verify` off is the named opt-out: nothing about the host is then checked.
    """

    host: str
    port: int = 23
    tls: str = "no"  # no, yes, starttls
    verify: bool = True
    ca: str = field(default="", repr=False)
    server_name: str = ""  # the name its certificate must carry; the host's when empty
    client_certificate: str = field(default="", repr=False)  # with its private key: in no log
    minimum_tls: str = "1.2"
    code_page: str = "cp037"
    model: str = "2"
    lu: tuple[str, ...] = ()
    connect_seconds: float = 20.0
    tn3270e: bool = True
    keep_alive_seconds: float = 60.0  # a telnet NOP after so long without input from us; 0 = none

    def __post_init__(self) -> None:
        if not self.host or len(self.host) > 253:
            raise BadInput("The host's name is missing or longer than 253 characters.")
        if not 0 < self.port < 65536:
            raise BadInput(f"Port {self.port} is not between 1 and 65535.")
        if self.tls not in ("no", "yes", "starttls"):
            raise BadInput(f"TLS is no, yes or starttls, not {self.tls!r}.")
        if self.minimum_tls not in ("1.2", "1.3"):
            raise BadInput(f"The least TLS version is 1.2 or 1.3, not {self.minimum_tls!r}.")
        for name in self.lu:
            if not _NAME.fullmatch(name):
                raise BadInput(f"{name!r} is no LU name: letters, digits, @ # $ _ . - only, 32 at most.")
        self.size  # noqa: B018  raises BadInput for a model that is none

    @property
    def size(self) -> tuple[int, int]:
        """Rows and columns of the alternate (largest) screen."""
        if self.model in MODELS:
            return MODELS[self.model]
        match = _SIZE.fullmatch(self.model)
        rows, columns = (int(match[1]), int(match[2])) if match else (0, 0)
        if rows < 24 or columns < 80 or rows * columns > MOST_CELLS:
            raise BadInput(f"Model {self.model!r} is not 2, 3, 4, 5, or ROWSxCOLUMNS from 24x80 up to {MOST_CELLS} cells.")
        return rows, columns

    @property
    def device_type(self) -> str:
        """What TN3270E asks for (RFC 2355 section 7.1: a 3278 whatever the colours)."""
        return f"IBM-3278-{self.model}-E" if self.model in MODELS else "IBM-DYNAMIC"

    @property
    def terminal_type(self) -> str:
        """What TERMINAL-TYPE says (RFC 1091); the colour 3279 was made as models 2 and 3 only."""
        return self.device_type.replace("3278", "3279") if self.model in ("2", "3") else self.device_type
