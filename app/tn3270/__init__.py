"""The 3270 engine: the only importer of tnz. Knows nothing of Celery, Flask, Redis or DynamoDB."""

import logging
import os

for _name in [name for name in os.environ if name.startswith(("SESSION_", "TNZ_", "ZTI_"))]:
    del os.environ[_name]  # tnz takes TLS, size and colour from these: here only settings decide
os.environ.update(TNZ_LOGGING="", TNZ_COLORS="1")  # no tnz.log in the working directory; don't look at stdin

_log = logging.getLogger("tnz")  # its messages hold typed text and whole records
_log.setLevel(logging.CRITICAL + 1)
_log.addHandler(logging.NullHandler())
_log.propagate = False

from app.tn3270.address import HostAddress  # noqa: E402
from app.tn3270.engine import Engine  # noqa: E402
from app.tn3270.printlink import Printer3270  # noqa: E402
from app.tn3270.session import Session3270  # noqa: E402

__all__ = ["Engine", "HostAddress", "Printer3270", "Session3270"]
