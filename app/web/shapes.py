"""What REST takes and gives, as pydantic models: the OpenAPI document is made of them. Input refuses fields it does not know."""

import json
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

MOST_RESULT = 64 * 1024  # of what a person says an item came to: it shares the item's row

Name = Annotated[str, Field(max_length=100, pattern=r"^[^\x00-\x1f\x7f]*$")]
Model = Annotated[str, Field(pattern=r"^([2-5]|\d{1,3}x\d{1,3})$", description="2, 3, 4, 5 or ROWSxCOLUMNS")]
Lu = Annotated[str, Field(pattern=r"^[A-Za-z0-9@#$_.-]{1,17}$")]
Printer = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z0-9@#$_.-]{0,17}$", description='"associate": the printer of the terminal\'s LU; a printer\'s LU name; "": none'
    ),
]
ItemStatus = Literal["pending", "running", "succeeded", "refused", "failed", "uncertain", "parked", "skipped", "cancelled"]
Cell = str | int | float | bool | None
Text = Annotated[str, Field(max_length=2000)]
Budget = Annotated[str, Field(pattern=r"^([1-9]\d{0,5}|[1-9]\d?%|100%)?$", description="It waits at so many failures: 50, or 5%")]
Time = Annotated[str, Field(pattern=r"^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z)?$", description="ISO 8601 UTC; empty: none")]
Lanes = Annotated[int, Field(ge=1, le=1000)]
Priority = Annotated[int, Field(ge=0, le=9, description="9 goes first")]
Park = Annotated[int, Field(ge=0, le=1000, description="Failing items that may wait for a person at a time; 0: they fail")]
Canary = Annotated[int, Field(ge=0, le=100_000, description="Items after which it waits for a word; 0: none")]


class Input(BaseModel):
    """A JSON body."""

    model_config = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True)


class Output(BaseModel):
    """Made of our own values: nothing is left to refuse."""

    model_config = ConfigDict(from_attributes=True, hide_input_in_errors=True)


class Paging(BaseModel):
    """Of a list: `cursor` is the `next` of the page before."""

    model_config = ConfigDict(extra="forbid")
    cursor: str | None = Field(None, max_length=500)
    limit: int = Field(50, ge=1, le=1000)


class ItemPaging(Paging):
    """`start` is the number of the first item wanted, where there is no cursor; `search` text in what an item shows."""

    status: ItemStatus | None = None
    start: int = Field(0, ge=0)
    search: str = Field("", max_length=200)


class Alive(Output):
    status: Literal["ok"]


class Ready(Output):
    status: Literal["ready", "not ready"]
    parts: dict[str, str]


class Me(Output):
    id: str
    name: str
    email: str
    sign_in: Literal["development", "oidc"]


class SignedOut(Output):
    next: str


class Host(Output):
    """A host that sessions can be opened to."""

    name: str
    description: str
    model: str
    tls: str
    code_page: str
    lu: list[str]
    printer: str
    max_lanes: int


class HostStatus(Output):
    """A host as runs find it now. `breaker` is closed, open (until then no item begins) or half-open; `rate` keys a second."""

    name: str
    breaker: str
    reason: str
    until: str
    lanes: int
    max_lanes: int
    rate: float
    max_rate: float
    windows: list[str]
    time_zone: str
    open_now: bool


class HostStatuses(Output):
    items: list[HostStatus]
    next: None = None


class Hosts(Output):
    items: list[Host]
    next: None = None


class Ast(Output):
    """An AST; `items` and `parameters` are JSON schemas, secret parameters marked `x-secret`."""

    name: str
    title: str
    description: str
    commits: bool
    verifies: bool
    columns: list[str]
    items: dict[str, Any]
    parameters: dict[str, Any]


class Asts(Output):
    items: list[Ast]
    next: None = None


class NewSession(Input):
    host: str
    model: Model | None = None
    lu: Lu | None = None
    printer: Printer | None = Field(None, description="As the host's settings say, unless given")
    name: Name = ""


class Renamed(Input):
    name: Name


class Session(Output):
    """A host session; `state` is opening, open, lost or closed, `reason` why it ended. `may` is own, control or watch."""

    id: str
    owner: str
    owner_name: str
    may: Literal["own", "control", "watch"]
    host: str
    purpose: str
    name: str
    state: str
    reason: str
    worker: str
    lu: str
    model: str
    run: str
    recording: str
    printer: str
    created: str
    updated: str
    ended: str


class Sessions(Output):
    items: list[Session]
    next: str | None


class ScreenRows(Output):
    """The latest screen; `cursor` is [row, column] from 0. The text of hidden fields is not in it."""

    rows: list[str]
    cursor: list[int]
    size: list[int]
    serial: int
    locked: bool
    state: str
    oia: str


class Bounds(Input):
    """What a run, or a configuration for runs, is bound by. `film`: which items' screens are kept; `item_seconds`: 0 is the AST's."""

    lanes: Lanes = 1
    priority: Priority = 5
    canary: Canary = 0
    failure_budget: Budget = ""
    film: Literal["always", "failures", "never"] = "failures"
    item_seconds: int = Field(0, ge=0, le=86_400)
    park: Park = 0


class NewRun(Bounds):
    """A run over a list: `items` as objects, or `csv` as text with a header line. One of the two.

    `dry_run` checks, signs on, and touches nothing. No item starts after `deadline`.
    """

    ast: str
    host: str
    items: list[dict[str, Cell]] | None = None
    csv: str | None = None
    parameters: dict[str, Cell] = Field(default_factory=dict, repr=False)
    name: Name = ""
    dry_run: bool = False
    deadline: Time = ""


class ChangedRun(Input):
    """What can be changed while it runs; what is left out stays."""

    lanes: Lanes | None = None
    priority: Priority | None = None
    canary: Canary | None = None
    failure_budget: Budget | None = None
    park: Park | None = None


class Preview(Output):
    """What a run over this list would be: its first rows, and what is wrong with any."""

    total: int
    columns: list[str]
    rows: list[dict[str, Any]]
    duplicates: int
    errors: list["Fault"]
    errors_in_all: int


def _fits(result: dict[str, Any]) -> dict[str, Any]:
    if len(json.dumps(result)) > MOST_RESULT:
        raise ValueError(f"a result is kept up to {MOST_RESULT // 1024} KB")
    return result


class Verdict(Input):
    """A person's word on an item: what it came to, or why not."""

    result: Annotated[dict[str, Any], AfterValidator(_fits)] | None = None
    reason: Text = ""


class Retried(Input):
    """Which items to do again; none named: all that failed."""

    items: list[Annotated[int, Field(ge=0)]] | None = Field(None, max_length=100_000)


class Run(Output):
    """A run; `counts` by item status; `held` is what a paused run waits for: canary, budget. Secret parameters are not shown."""

    id: str
    ast: str
    host: str
    name: str
    status: str
    reason: str
    total: int
    lanes: int
    counts: dict[str, int]
    parameters: dict[str, Any]
    priority: int
    canary: int
    failure_budget: str
    held: str
    dry_run: bool
    film: str
    item_seconds: int
    park: int
    deadline: str
    created: str
    started: str
    finished: str


class Runs(Output):
    items: list[Run]
    next: str | None


class Item(Output):
    """An item of a run; `n` from 0. `duplicate`: an earlier line has the same key."""

    n: int
    key: str
    input: dict[str, Any]
    duplicate: bool
    status: str
    attempt: int
    worker: str
    lane: str
    journal: str
    result: dict[str, Any] | None
    error: dict[str, Any] | None
    started: str
    finished: str


class Items(Output):
    items: list[Item]
    next: str | None


class Rate(Output):
    at: str
    rate: float


class Rates(Output):
    """Items a second, the oldest first."""

    items: list[Rate]


class RunOfItem(Output):
    id: str
    name: str
    ast: str
    host: str


class WaitingItem(Output):
    """An item that is parked or uncertain, and which run it is of."""

    run: RunOfItem
    item: Item


class Waiting(Output):
    items: list[WaitingItem]
    next: str | None


class ItemWithFrames(Item):
    frames: list[dict[str, Any]]


class Worker(Output):
    name: str
    sessions: int
    most_sessions: int
    lanes: int
    started: str
    cpu: float


class Status(Output):
    """The farm as it is now."""

    workers: list[Worker]


class Fault(Output):
    """One thing that is wrong: `at` in what was sent (`items.0.policy`, `parameters.password`); of a list also its row and column,
    and the line of the file, all from 1."""

    at: str
    message: str
    row: int | None = None
    column: str | None = None
    line: int | None = None


class Problem(Output):
    """RFC 9457 problem details. `code` is the stable word for programs, `detail` says what to do."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: list[Fault] | None = None
    errors_in_all: int | None = None
