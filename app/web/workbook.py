"""XLSX in and out, by openpyxl: the first sheet, its first row naming the columns. Formulas are never evaluated; read values only."""

import io
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell

from app.errors import BadInput
from app.web.lists import Row, table_of
from app.web.problems import bad_input

MOST_UNPACKED = 256 << 20  # a small file that unpacks to gigabytes is an attack
MOST_CELLS = 10_000_000  # empty ones too: a sheet of one cell may say that it stands in row 10**12, and openpyxl counts there


def from_xlsx(data: bytes) -> Iterator[tuple[int, Row]]:
    """(row of the sheet, cells by column) of the first sheet. Raises BadInput."""
    try:
        _refuse_bombs(data)
        sheet = load_workbook(io.BytesIO(data), read_only=True, data_only=True).worksheets[0]
        sheet.reset_dimensions()  # some writers state a wrong size
        yield from table_of(_rows(sheet))
    except BadInput:
        raise
    except Exception:  # zip, XML and what is in it: each raises its own kinds, and all say that it is no workbook
        raise _unreadable() from None


def _rows(sheet: Any) -> Iterator[tuple[int, list[str]]]:
    seen = 0
    for number, cells in enumerate(sheet.iter_rows(values_only=True), 1):
        seen += 1 + len(cells)
        if seen > MOST_CELLS:
            raise bad_input("The workbook is too large.", [{"at": "items", "message": "Its first sheet has too many cells."}])
        yield number, [_text(cell) for cell in cells]


def to_xlsx(title: str, columns: list[str], rows: Iterable[list[Any]]) -> bytes:
    """A workbook of one sheet. Text stays text: a cell that begins with "=" is not a formula."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title[:31])
    sheet.append([_cell(sheet, name) for name in columns])
    for row in rows:
        sheet.append([_cell(sheet, value) for value in row])
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _cell(sheet: Any, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    cell = WriteOnlyCell(sheet, "".join(c for c in value if c >= " " or c in "\t\n"))  # XML has no other control characters
    cell.data_type = "s"
    return cell


def _text(value: Any) -> str:
    """A cell as it would stand in CSV: 5 for 5.0, a date without a time when it has none."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime) and not (value.hour or value.minute or value.second):
        return value.date().isoformat()
    return value.isoformat() if isinstance(value, date) else str(value)


def _refuse_bombs(data: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        if sum(part.file_size for part in packed.infolist()) > MOST_UNPACKED:
            raise bad_input(
                "The workbook is too large.", [{"at": "items", "message": "Unpacked it is larger than 256 MB. Save the one sheet as CSV."}]
            )


def _unreadable() -> Exception:
    return bad_input(
        "The workbook can't be read.", [{"at": "items", "message": "It is no XLSX file, or a damaged one. Save it as XLSX or CSV again."}]
    )
