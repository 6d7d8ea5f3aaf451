"""Which ASTs there are, by name: ours, those of installed packages (entry points of the group `iast.asts`), and those in the
folders of IAST_ASTS. Refuses to load any by a path or a module name from outside.

An AST is code of the installation, trusted as such. One that can't be used is left out and said so in the log: it takes
nobody else's work down. IAST_ASTS is read here and not in app.config, which the pure core does not know.
"""

import importlib
import logging
import os
import re
import sys
from collections.abc import Iterator
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType

from app.asts.base import Ast, Columns, Parameters
from app.asts.login import Login
from app.asts.order_inquiry import OrderInquiry
from app.asts.order_payment import OrderPayment
from app.asts.pick_confirmation import PickConfirmation
from app.asts.policy_inquiry import PolicyInquiry
from app.asts.policy_renewal import PolicyRenewal
from app.asts.wave_status import WaveStatus
from app.errors import NotFound

log = logging.getLogger(__name__)

OURS: tuple[type[Ast], ...] = (Login, OrderInquiry, OrderPayment, PickConfirmation, PolicyInquiry, PolicyRenewal, WaveStatus)
GROUP = "iast.asts"
FOLDERS = "IAST_ASTS"  # folders, with the system's path separator between them
PACKAGE = "iast_asts"  # what files of those folders are modules of: they may import each other as `from .common import ...`
NAME = re.compile(r"^[a-z][a-z0-9_]{0,63}$")


def all() -> list[type[Ast]]:
    """Every AST, in order of name."""
    return [known()[name] for name in sorted(known())]


def get(name: str) -> type[Ast]:
    """Raises NotFound, with the names there are."""
    try:
        return known()[name]
    except KeyError:
        raise NotFound(f"There is no AST {name[:64]!r}. There are: {', '.join(sorted(known()))}.") from None


@cache
def known() -> dict[str, type[Ast]]:
    """Looked for once a process: a new AST is there after a restart."""
    found: dict[str, type[Ast]] = {ast.name: ast for ast in OURS}
    for where, ast in (*_from_packages(), *_from_folders()):
        wrong = faults(ast)
        if not wrong and ast.name in found:
            wrong = [f"there is another AST {ast.name!r} already"]
        if wrong:
            log.error("AST of %s left out: %s", where, "; ".join(wrong))
            continue
        found[ast.name] = ast
    return found


def faults(ast: object) -> list[str]:
    """What keeps a class from being an AST; nothing for a good one."""
    if not (isinstance(ast, type) and issubclass(ast, Ast)):
        return ["it is no subclass of app.asts.base.Ast"]
    checks = {
        "name must be small letters, digits and _": NAME.match(str(getattr(ast, "name", ""))),
        "title and description must be there": getattr(ast, "title", "") and getattr(ast, "description", ""),
        "Item must be a subclass of Columns": isinstance(getattr(ast, "Item", None), type) and issubclass(ast.Item, Columns),
        "Parameters must be a subclass of Parameters": isinstance(ast.Parameters, type) and issubclass(ast.Parameters, Parameters),
        "process must be written": ast.process is not Ast.process,
    }
    return [complaint for complaint, good in checks.items() if not good]


def asts_in(module: ModuleType) -> list[type[Ast]]:
    """The ASTs a module defines itself; a base class without a name of its own is none."""
    mine = (kind for kind in vars(module).values() if isinstance(kind, type) and kind.__module__ == module.__name__)
    return [kind for kind in mine if issubclass(kind, Ast) and "name" in vars(kind)]


def load(path: Path) -> ModuleType:
    """Import a file of the folders in use. Raises whatever is wrong with it."""
    return importlib.import_module(f"{PACKAGE}.{path.stem}")


def folders() -> list[Path]:
    """Those of IAST_ASTS."""
    return [Path(text) for text in os.environ.get(FOLDERS, "").split(os.pathsep) if text]


def use_folders(of: list[Path]) -> None:
    """Make the package that files of these folders are modules of; the first of two files with one name counts. What was
    loaded from other folders stays in use, and is not mistaken for a file of these."""
    for name in [name for name in sys.modules if name.startswith(f"{PACKAGE}.")]:
        del sys.modules[name]
    package = ModuleType(PACKAGE)
    package.__path__ = [str(folder) for folder in of]
    sys.modules[PACKAGE] = package


def _from_packages() -> Iterator[tuple[str, type[Ast]]]:
    for point in entry_points(group=GROUP):
        try:
            yield f"package {point.dist.name if point.dist else point.value}", point.load()
        except Exception as error:
            log.error("AST %s of a package can't be loaded: %s: %s", point.name, type(error).__name__, error)


def _from_folders() -> Iterator[tuple[str, type[Ast]]]:
    use_folders(folders())
    for path in (path for folder in folders() for path in sorted(folder.glob("*.py"))):
        if path.name.startswith("_"):
            continue
        try:
            module = load(path)
        except Exception as error:
            log.error("ASTs of %s can't be loaded: %s: %s", path, type(error).__name__, error)
            continue
        yield from ((str(path), ast) for ast in asts_in(module))
