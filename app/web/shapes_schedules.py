"""What REST takes and gives of schedules, as pydantic models."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from app.web.shapes import Bounds, Budget, Canary, Cell, Input, Lanes, Name, Output, Priority

Overlap = Literal["skip", "queue", "parallel"]
Missed = Literal["skip", "fire-once"]
Moment = Annotated[str, Field(max_length=40, description="2026-11-21T07:00:00Z; without an offset it is meant in `zone`")]
Zone = Annotated[str, Field(max_length=64, description="A time zone, like Europe/Berlin")]
Calendar = Annotated[str, Field(max_length=16, description="Whose public holidays: a country or its part, like DE or DE-BY; empty: none")]
Days = Annotated[list[Annotated[str, Field(max_length=10)]], Field(max_length=1000, description="Further days off, YYYY-MM-DD")]


class When(Input):
    """One of the three: a moment; an interval in seconds of elapsed time, counted from now; or cron (minute, hour, day of month,
    month, day of week) on the clock of `zone`."""

    once: Moment = ""
    every: int = Field(0, ge=0)
    cron: str = Field("", max_length=200)


class NewSchedule(Bounds):
    """A run that starts by the clock, over a list given as `items` or `csv`.

    `overlap`: what happens while its run before goes on; `missed`: what becomes of an occurrence that nothing ran to fire.
    """

    ast: str
    host: str
    when: When
    zone: Zone = "UTC"
    holidays: Calendar = ""
    days_off: Days = Field(default_factory=list)
    overlap: Overlap = "skip"
    missed: Missed = "skip"
    paused: bool = False
    items: list[dict[str, Cell]] | None = None
    csv: str | None = None
    parameters: dict[str, Cell] = Field(default_factory=dict, repr=False)
    name: Name = ""


class ChangedSchedule(Input):
    """What is to change; what is left out stays. `parameters` and the list are replaced whole."""

    host: str | None = None
    when: When | None = None
    zone: Zone | None = None
    holidays: Calendar | None = None
    days_off: Days | None = None
    overlap: Overlap | None = None
    missed: Missed | None = None
    items: list[dict[str, Cell]] | None = None
    csv: str | None = None
    parameters: dict[str, Cell] | None = Field(None, repr=False)
    name: Name | None = None
    lanes: Lanes | None = None
    priority: Priority | None = None
    canary: Canary | None = None
    failure_budget: Budget | None = None
    film: Literal["always", "failures", "never"] | None = None
    item_seconds: int | None = Field(None, ge=0, le=86_400)


class Schedule(Output):
    """A schedule. `next` and `last` are occurrences, empty for none; `queued` how many wait; `total` items are in its list.
    Secret parameters are not shown."""

    id: str
    name: str
    ast: str
    host: str
    when: dict[str, Any]
    zone: str
    holidays: str
    days_off: list[str]
    overlap: Overlap
    missed: Missed
    paused: bool
    parameters: dict[str, Any]
    total: int
    lanes: int
    priority: int
    canary: int
    failure_budget: str
    film: str
    item_seconds: int
    next: str
    last: str
    last_run: str
    queued: int
    created: str
    updated: str


class Schedules(Output):
    items: list[Schedule]
    next: str | None


class Fired(Output):
    """An occurrence `at`, dealt with at `fired`: started (as `run`), queued, skipped, missed or failed, and why."""

    at: str
    fired: str
    outcome: Literal["started", "queued", "skipped", "missed", "failed"]
    run: str
    reason: str


class History(Output):
    items: list[Fired]
    next: str | None


class Preview(BaseModel):
    """A time to try out: one of `once`, `every` and `cron`."""

    model_config = ConfigDict(extra="forbid")
    once: Moment = ""
    every: int = Field(0, ge=0)
    cron: str = Field("", max_length=200)
    zone: Zone = "UTC"
    holidays: Calendar = ""


class Occurrences(Output):
    """The next ones, in UTC."""

    next: list[str]
