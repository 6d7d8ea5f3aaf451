"""The shapes of what people keep and share: settings, macros, configurations, shares of sessions, recordings, usage."""

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from app.web.shapes import Bounds, Cell, Input, Name, Output, Text

Title = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]*$")]


class Settings(Input):
    """An object of the page's own, kept as it is."""

    settings: dict[str, Any]


class Step(Input):
    """One of: text to type, a key, a field to ask for when it is replayed (hidden ones, never kept), a text to wait for."""

    type: Text | None = None
    key: Annotated[str, Field(pattern=r"^[A-Za-z0-9]{1,20}$")] | None = None
    ask: Name | None = None
    expect: Text | None = None

    @model_validator(mode="after")
    def _one(self) -> "Step":
        if len(self.model_fields_set) != 1:
            raise ValueError("a step is one of type, key, ask, expect")
        return self


Steps = Annotated[list[Step], Field(max_length=500)]


class NewMacro(Input):
    name: Title
    host: Name = ""
    shared: bool = False
    steps: Steps


class ChangedMacro(Input):
    """What is left out stays."""

    name: Title | None = None
    host: Name | None = None
    shared: bool | None = None
    steps: Steps | None = None


class Macro(Output):
    id: str
    name: str
    host: str
    shared: bool
    owner: str
    owner_name: str
    steps: list[dict[str, str]]
    updated: str


class Macros(Output):
    items: list[Macro]
    next: None = None


class NewConfiguration(Bounds):
    """A run without its list. Secret parameters are not kept."""

    name: Title
    shared: bool = False
    ast: str
    host: Name = ""
    parameters: dict[str, Cell] = Field(default_factory=dict, repr=False)


class ChangedConfiguration(Bounds):
    """What is left out stays."""

    name: Title | None = None
    shared: bool | None = None
    ast: str | None = None
    host: Name | None = None
    parameters: dict[str, Cell] | None = Field(None, repr=False)


class Configuration(Output):
    id: str
    name: str
    shared: bool
    owner: str
    owner_name: str
    updated: str
    ast: str
    host: str
    parameters: dict[str, Any]
    lanes: int
    priority: int
    canary: int
    failure_budget: str
    film: str
    item_seconds: int
    park: int = 0


class Configurations(Output):
    items: list[Configuration]
    next: None = None


class OfAst(Input):
    ast: str = ""


class NewShare(Input):
    """Whom to share with, by e-mail address or user id, and what they may."""

    email: Annotated[str, Field(max_length=320)] = ""
    user: Annotated[str, Field(max_length=100)] = ""
    may: Literal["watch", "control"]


class Share(Output):
    user: str
    name: str
    email: str
    may: Literal["watch", "control"]


class Shares(Output):
    items: list[Share]
    next: None = None


class Recorded(Input):
    """Whether a session is recorded from now on."""

    on: bool


class Recording(Output):
    """A recording; `why` is choice, or policy of the host, whose recordings nobody deletes."""

    id: str
    session: str
    host: str
    name: str
    why: str
    started: str
    ended: str
    expires: str
    frames: int


class Recordings(Output):
    items: list[Recording]
    next: str | None


class PrintJob(Output):
    """What a session's printer printed. `ended` is "" while it prints; `size` is in characters; `note` says what is amiss, if anything."""

    id: str
    session: str
    lu: str
    started: str
    ended: str
    pages: int
    size: int
    note: str


class PrintJobs(Output):
    items: list[PrintJob]
    next: str | None


class Frame(Output):
    """`at`: ms since it began; `key` pressed on this screen ("": only looked at), with what was typed before it; the screen whole,
    or as what changed of the one before."""

    at: int
    key: str
    fields: list[tuple[int, str]]
    screen: dict[str, Any] | None
    delta: dict[str, Any] | None


class Replay(Output):
    """A recording, and a stretch of its frames instead of their number."""

    id: str
    session: str
    host: str
    name: str
    why: str
    started: str
    ended: str
    expires: str
    frames: list[Frame]
    next: str | None


class TypedField(Output):
    label: str
    text: str


class TypedFields(Output):
    """What was typed, by the label before the field, in order: what an AST's columns can be made of."""

    items: list[TypedField]
    next: None = None


class NewAst(Input):
    """An AST's name, which typed text is which column of its list, and the key whose last press commits ("": none)."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,60}$")]
    columns: dict[str, Text] = Field(default_factory=dict, max_length=50)
    commit: Annotated[str, Field(pattern=r"^[A-Za-z0-9]{0,20}$")] = ""


class Source(Output):
    """Python, for a file in app/asts."""

    source: str


class NewTransfer(Input):
    """A file to move: `name` on the host, and how; for `put` the file itself is the form's `file`. See docs/api.md."""

    direction: Literal["put", "get"]
    name: Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[\x20-\x7e]+$")]
    host: Literal["tso", "cms", "cics"] = "tso"
    text: bool = True
    append: bool = False
    record_format: Literal["", "fixed", "variable", "undefined"] = ""
    record_length: int = Field(0, ge=0, le=32_760)
    block_size: int = Field(0, ge=0, le=32_760)
    units: Literal["", "tracks", "cylinders", "avblock"] = ""
    primary: int = Field(0, ge=0, le=1_000_000)
    secondary: int = Field(0, ge=0, le=1_000_000)
    average_block: int = Field(0, ge=0, le=32_760)
    other: Annotated[str, Field(max_length=100, pattern=r"^[\x20-\x7e]*$")] = ""


class Transfer(Output):
    """A file on its way; `state` is queued, running, done, failed or cancelled, `message` the host's last word or what went wrong."""

    id: str
    session: str
    direction: str
    name: str
    state: str
    moved: int
    total: int
    message: str


class Days(Input):
    days: int = Field(30, ge=1, le=90, strict=False)
    everybody: bool = Field(False, strict=False)


class Usage(Output):
    """Runs, their items, how many of those succeeded and failed, and the seconds the runs took."""

    name: str
    runs: int
    items: int
    succeeded: int
    failed: int
    seconds: float


class Usages(Output):
    """Runs of these days. `administrator`: whether you may ask for everybody's."""

    administrator: bool
    by_user: list[Usage]
    by_ast: list[Usage]
    by_host: list[Usage]
