"""What an AST is: its words for people, its columns and parameters, and its scripts. Refuses I/O, clocks and queues."""

from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from app.asts.script import Done, Script
from app.errors import BadInput


class Columns(BaseModel):
    """Base of an AST's items: one field a CSV column. A column that is not named here is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Parameters(BaseModel):
    """Base of an AST's parameters. A field of type SecretStr is a secret: sealed at rest, never shown again."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class SignOn(BaseModel):
    """Who signs on: a user of the host and the password. Given to `sign_on` in the worker, and nowhere else."""

    model_config = ConfigDict(frozen=True)
    user: str
    password: SecretStr


class Ast:
    """One kind of screen work. Subclass it in a file of its own in app/asts and name it in the registry.

    Class attributes describe it; an instance is made for a run with that run's parameters. Scripts are generators
    (see script.py); each says on which screens it starts and ends.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    description: ClassVar[str]
    Item: ClassVar[type[Columns]]
    Parameters: ClassVar[type[Parameters]] = Parameters
    commits: ClassVar[bool] = False  # whether `process` yields a Commit
    step_seconds: ClassVar[float] = 20.0  # deadline of a step that names none
    item_seconds: ClassVar[float] = 120.0  # deadline of one item, all its steps together
    quiet_ms: ClassVar[int] = 80  # no host write for so long makes a screen whole; 0 where the host writes it at once
    settle_seconds: ClassVar[float] = 5.0  # a lost commit may be under way at the host so long; `verify` waits for it

    def __init__(self, parameters: BaseModel | None = None) -> None:
        self.parameters: Any = parameters if parameters is not None else self.Parameters()

    def sign_on(self, who: SignOn | None) -> Script:
        """From the first screen of a new session to where `process` can start. Refused: nobody tries that password again."""
        return Done()
        yield

    def process(self, item: Any) -> Script:
        """Do one item. Starts and ends where `sign_on` ends."""
        raise NotImplementedError

    def verify(self, item: Any) -> Script | None:
        """Find out whether this item's commit went through: Done (with the result), NotDone, or anything else for
        "can't tell". Starts and ends as `process` does. None: a person has to look."""
        return None

    def sign_off(self) -> Script:
        """Leave the host politely before the session is closed."""
        return Done()
        yield

    @classmethod
    def validate(cls, row: dict[str, object]) -> Columns:
        """A row of the list as an item; BadInput says which column is wrong and why."""
        try:
            return cls.Item.model_validate(row)
        except ValidationError as wrong:
            raise BadInput("; ".join(explain(wrong)), errors=faults(wrong)) from None

    @classmethod
    def validate_parameters(cls, given: dict[str, object]) -> BaseModel:
        """The parameters of a run; BadInput says which is wrong and why, and quotes no value."""
        try:
            return cls.Parameters.model_validate(given)
        except ValidationError as wrong:
            raise BadInput("; ".join(explain(wrong)), errors=faults(wrong)) from None

    @classmethod
    def secrets(cls) -> frozenset[str]:
        """The names of the parameters that are secrets."""
        return cls._secret(cls.Parameters)

    @classmethod
    def secret_columns(cls) -> frozenset[str]:
        """The columns of an item whose cells are never shown again."""
        return cls._secret(cls.Item)

    @classmethod
    def describe(cls) -> dict[str, object]:
        """Everything a form needs: name, title, description, commits, verifies, columns and parameters as JSON schema
        (secret parameters marked `x-secret`)."""
        return {
            "name": cls.name,
            "title": cls.title,
            "description": cls.description,
            "commits": cls.commits,
            "verifies": cls.verify is not Ast.verify,
            "items": cls._schema(cls.Item),
            "columns": list(cls.Item.model_fields),
            "parameters": cls._schema(cls.Parameters),
        }

    @classmethod
    def _secret(cls, model: type[BaseModel]) -> frozenset[str]:
        return frozenset(name for name, schema in cls._schema(model)["properties"].items() if schema.get("x-secret"))

    @staticmethod
    def _schema(model: type[BaseModel]) -> dict[str, Any]:
        schema = model.model_json_schema()
        schema.setdefault("properties", {})
        for one in schema["properties"].values():
            kinds = [one, *one.get("anyOf", ())]
            if any(kind.get("format") == "password" for kind in kinds):
                one["x-secret"] = True
        return schema


def explain(wrong: ValidationError) -> list[str]:
    """One line a mistake, `column: what to do`, without the value: it may be a secret."""
    return [f"{fault['at'] or 'row'}: {fault['message']}" for fault in faults(wrong)]


def faults(wrong: ValidationError) -> list[dict[str, str]]:
    """The mistakes as {"at": column, "message": what to do}, without the values."""
    errors = wrong.errors(include_input=False, include_url=False, include_context=False)
    return [{"at": ".".join(map(str, e["loc"])), "message": _advice(e["type"], e["msg"])} for e in errors]


def _advice(kind: str, message: str) -> str:
    plain = {"missing": "is missing", "extra_forbidden": "is not a column or parameter of this AST"}
    return plain.get(kind, message[:1].lower() + message[1:])


__all__ = ["Ast", "Columns", "Field", "Parameters", "SecretStr", "SignOn", "explain", "faults"]
