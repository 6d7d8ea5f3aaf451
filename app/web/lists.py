"""A list as somebody sent it, as rows, and each row against its AST. Reads text and bytes; knows no request and stores nothing.

A cell that is empty counts as a column left out. Faults name the item (from 0) and the column for programs, the line for people.
"""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.asts.base import Ast
from app.errors import BadInput
from app.web.problems import bad_input
from app.web.reading import loads

MOST_ROWS = 100_000
MOST_COLUMNS = 1_000
MOST_FAULTS = 10_000  # then no further row is looked at: a wrong file is wrong in every cell, and each fault takes room
SEPARATORS = ",;\t"  # the second is what Excel writes where the comma is the decimal sign
HIDDEN = "•••"
Row = dict[str, Any]
Fault = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows in order; `lines[n]` is where row n stands in the file (from 1), empty for JSON."""

    rows: list[Row]
    lines: list[int] = field(default_factory=list)

    def place(self, n: int) -> str:
        return f"Line {self.lines[n]}" if self.lines else f"Item {n + 1}"


@dataclass(frozen=True, slots=True)
class Checked:
    """What an AST says to rows: (key, row) of the good ones, the faults of the others, and how many repeat an earlier key."""

    good: list[tuple[str, Row]]
    faults: list[Fault]
    duplicates: int


def from_objects(objects: Iterable[Mapping[str, Any]]) -> Rows:
    """Rows of JSON objects. Raises BadInput for none or too many."""
    return _limited([(0, _filled(row)) for row in objects], numbered=False)


def sent(items: list[Row] | None, csv_text: str | None) -> Rows:
    """Rows of whichever of the two there is. Raises BadInput."""
    if (items is None) == (csv_text is None):
        raise bad_input("A list is missing.", [_fault("items", "Give `items` or `csv`, one of the two.")])
    return from_objects(items) if items is not None else from_csv(csv_text or "")


def from_bytes(data: bytes, name: str = "") -> Rows:
    """Rows of a file by the end of its name: .xlsx, .jsonl (.ndjson, .json), else CSV. Raises BadInput."""
    kind = name.rsplit(".", 1)[-1].lower()
    if kind in ("xlsx", "xlsm") or data.startswith(b"PK\x03\x04"):
        from app.web.workbook import from_xlsx  # openpyxl takes 10 MB: only where it is needed

        return _limited(from_xlsx(data))
    if kind in ("jsonl", "ndjson", "json"):
        return from_json_lines(text_of(data))
    return from_csv(text_of(data))


def text_of(data: bytes) -> str:
    """Raises BadInput naming the line that is not UTF-8."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        message = f"Line {line}: this is not UTF-8. Save the list as UTF-8 (in Excel: CSV UTF-8) and send it again."
        raise bad_input("The list is not UTF-8.", [{"at": "items", "line": line, "message": message}]) from None


def from_csv(text: str) -> Rows:
    """Rows of CSV text with a header line; separated by comma, semicolon or tab, whichever the header has. Raises BadInput."""
    lines = text.removeprefix("\ufeff").lstrip("\r\n")
    header = lines.split("\n", 1)[0]
    separator = max(SEPARATORS, key=header.count)
    reader = csv.reader(io.StringIO(lines, newline=""), delimiter=separator, strict=True)
    try:
        return _limited(table_of((reader.line_num, cells) for cells in reader))
    except csv.Error as error:
        raise bad_input("The list is not CSV.", [_fault("items", f"Line {reader.line_num}: {error}.", line=reader.line_num)]) from None


def from_json_lines(text: str) -> Rows:
    """Rows of JSON objects, one a line; or of one JSON array of them. Raises BadInput."""
    if text.lstrip().startswith("["):
        return from_objects(_array(text))
    return _limited((number, _filled(_object(line, number))) for number, line in enumerate(text.split("\n"), 1) if line.strip())


def check(ast: type[Ast], sent: Rows) -> Checked:
    """Each row against the AST's item model, until MOST_FAULTS are found. Rows are kept as sent: a secret would not survive the model."""
    good: list[tuple[str, Row]] = []
    faults: list[Fault] = []
    keys: set[str] = set()
    duplicates = 0
    name = key_column(ast)
    for n, row in enumerate(sent.rows):
        if len(faults) >= MOST_FAULTS:
            break
        try:
            ast.validate(row)
        except BadInput as error:
            faults += _of_row(n, sent, error)
            continue
        key = str(row.get(name, "")).strip()
        duplicates += key != "" and key in keys
        keys.add(key)
        good.append((key, row))
    return Checked(good, faults, duplicates)


def key_column(ast: type[Ast]) -> str:
    """The column that names an item for people: the first that is no secret."""
    secret = ast.secret_columns()
    return next((name for name in ast.Item.model_fields if name not in secret), "")


def hiding(ast: type[Ast]) -> Callable[[Mapping[str, Any]], Row]:
    """A function from a row to what may be shown of it."""
    secret = ast.secret_columns()
    return lambda row: {name: HIDDEN if name in secret else value for name, value in row.items()}


def table_of(lines: Iterable[tuple[int, list[str]]]) -> Iterator[tuple[int, Row]]:
    """(line, row) of a table whose first line names the columns; empty lines are skipped."""
    columns: list[str] | None = None
    for line, cells in lines:
        if not any(cell.strip() for cell in cells):
            continue
        if columns is None:
            columns = _header(cells, line)
            continue
        while len(cells) > len(columns) and not cells[-1].strip():
            cells.pop()
        if len(cells) > len(columns):
            message = f"Line {line}: {len(cells)} cells under {len(columns)} columns. Put quotes around a cell that holds the separator."
            raise bad_input("The list can't be read.", [_fault("items", message, line=line)])
        yield line, _filled(dict(zip(columns, cells, strict=False)))


def _header(cells: list[str], line: int) -> list[str]:
    columns = [cell.strip() for cell in cells]
    while columns and not columns[-1]:
        columns.pop()
    if len(columns) > MOST_COLUMNS:
        raise bad_input("The list can't be read.", [_fault("items", f"Line {line}: more than {MOST_COLUMNS:,} columns.", line=line)])
    if "" in columns or len(set(columns)) < len(columns):
        raise bad_input(
            "The list can't be read.", [_fault("items", f"Line {line}: the header leaves a column unnamed, or names one twice.", line=line)]
        )
    return columns


def _limited(rows: Iterable[tuple[int, Row]], numbered: bool = True) -> Rows:
    kept: list[tuple[int, Row]] = []
    for pair in rows:
        kept.append(pair)
        if len(kept) > MOST_ROWS:
            raise bad_input("The list is too long.", [_fault("items", f"A run has at most {MOST_ROWS:,} items. Split the list.")])
    if not kept:
        raise bad_input("The list is empty.", [_fault("items", "There is no item in it. A CSV list has a header line and a line an item.")])
    return Rows([row for _, row in kept], [line for line, _ in kept] if numbered else [])


def _filled(row: Mapping[str, Any]) -> Row:
    return {name: value for name, value in row.items() if value is not None and not (isinstance(value, str) and not value.strip())}


def _array(text: str) -> list[Mapping[str, Any]]:
    try:
        array = loads(text)
    except ValueError as error:
        raise bad_input("The list is not JSON.", [_fault("items", f"It can't be read as JSON: {error}.")]) from None
    for n, one in enumerate(array):
        if not isinstance(one, dict):
            raise bad_input("The list can't be read.", [_fault(f"items.{n}", f"Item {n + 1}: write each item as an object.")])
    return array  # type: ignore[no-any-return]


def _object(line: str, number: int) -> Mapping[str, Any]:
    try:
        one = loads(line)
    except ValueError:
        one = None
    if not isinstance(one, dict):
        raise bad_input("The list is not JSON lines.", [_fault("items", f"Line {number}: write one JSON object a line.", line=number)])
    return one


def _of_row(n: int, sent: Rows, error: BadInput) -> Iterator[Fault]:
    faults: Any = error.facts.get("errors") or [{"at": "", "message": error.message}]
    for each in faults:
        column = each["at"]
        where = {"row": n + 1, "column": column} | ({"line": sent.lines[n]} if sent.lines else {})
        yield _fault(f"items.{n}.{column}".rstrip("."), f"{sent.place(n)}{f', {column}' if column else ''}: {each['message']}", **where)


def _fault(at: str, message: str, **where: Any) -> Fault:
    return {"at": at, "message": message, **where}
