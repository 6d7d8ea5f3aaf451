"""The shapes of launchers and launches."""

from typing import Annotated, Any, Literal

from pydantic import Field

from app.web.shapes import Cell, Input, Name, Output
from app.web.shapes_kept import Title

OnFailure = Literal["stop", "go-on"]
Id = Annotated[str, Field(max_length=100)]
Steps = Annotated[list[Id], Field(min_length=1, max_length=20, description="ids of configurations, in order")]


class NewLauncher(Input):
    """Configurations to be run one after another over one list."""

    name: Title
    shared: bool = False
    steps: Steps
    on_failure: OnFailure = "stop"


class ChangedLauncher(Input):
    """What is left out stays."""

    name: Title | None = None
    shared: bool | None = None
    steps: Steps | None = None
    on_failure: OnFailure | None = None


class Launcher(Output):
    id: str
    name: str
    shared: bool
    owner: str
    owner_name: str
    updated: str
    steps: list[str]
    on_failure: str


class Launchers(Output):
    items: list[Launcher]
    next: None = None


class NewLaunch(Input):
    """A list for a launcher: `items` as objects, or `csv` as text. `host` is for configurations that name none."""

    launcher: str
    host: Name = ""
    items: list[dict[str, Cell]] | None = None
    csv: str | None = None


class Step(Output):
    """`run` is the id of the step's run, there once it has begun."""

    run: str
    ast: str
    host: str
    parameters: dict[str, Any]


class Launch(Output):
    """`status` is running, finished, stopped or cancelled, `reason` why it did not get to its end."""

    id: str
    name: str
    status: str
    reason: str
    on_failure: str
    total: int
    steps: list[Step]
    created: str
    finished: str


class Launches(Output):
    items: list[Launch]
    next: str | None
