"""Lists, cursors and times that are wrong on purpose: each refused at once with a reason, whatever it asks of memory or time."""

import io
import zipfile

import pytest
from openpyxl import Workbook, load_workbook

from app import occurrences
from app.asts import registry
from app.errors import BadInput
from app.occurrences import When
from app.screen.model import Screen, State, Style
from app.store import make_table, pages, recordings, schedules, sessions
from app.tasks.recorder import Recorder
from app.web import lists, tokens, workbook


def a_workbook(sheet: str) -> bytes:
    """A workbook whose first sheet's XML is this."""
    book, file = Workbook(), io.BytesIO()
    book.active.append(["policy"])
    book.save(file)
    made = io.BytesIO()
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, sheet if name == "xl/worksheets/sheet1.xml" else old.read(name))
    return made.getvalue()


def rows_xml(*rows: str) -> str:
    space = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    return f"<worksheet {space}><sheetData>{''.join(rows)}</sheetData></worksheet>"


def test_a_sheet_that_says_its_row_is_the_trillionth_is_refused() -> None:
    far = rows_xml('<row r="1000000000000"><c r="A1000000000000" t="inlineStr"><is><t>policy</t></is></c></row>')
    with pytest.raises(BadInput, match="too large"):
        list(workbook.from_xlsx(a_workbook(far)))


@pytest.mark.parametrize("sheet", ["<worksheet", rows_xml('<row r="x"/>'), rows_xml('<row r="1"><c r="?"/></row>')])
def test_a_damaged_sheet_is_said_to_be_one(sheet: str) -> None:
    with pytest.raises(BadInput, match="can't be read"):
        list(workbook.from_xlsx(a_workbook(sheet)))


def test_a_columns_name_is_no_formula_either() -> None:
    made = load_workbook(io.BytesIO(workbook.to_xlsx("Items", ["n", "=1+1", "a\x00b"], [[1, "=2+2", "x"]]))).active
    assert [cell.data_type for cell in made[1]] == ["s", "s", "s"]


def test_a_wrong_file_of_many_columns_makes_no_fault_for_each_of_its_cells() -> None:
    rows = lists.from_csv("a,b,c,d,e,f,g,h,i,j\n" + "1,2,3,4,5,6,7,8,9,0\n" * 5_000)
    assert len(lists.check(registry.get("policy_inquiry"), rows).faults) < 2 * lists.MOST_FAULTS
    with pytest.raises(BadInput, match="can't be read"):
        lists.from_csv(",".join(f"c{n}" for n in range(2_000)) + "\n1\n")


def test_a_line_of_json_may_hold_what_only_unicode_calls_a_line_end() -> None:
    assert len(lists.from_json_lines('{"policy":"P\u2028Q"}\r\n{"policy":"R"}\n').rows) == 2


@pytest.mark.parametrize("once", ["9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00"])
def test_a_time_off_the_calendar_is_no_time_for_a_schedule(once: str) -> None:
    with pytest.raises(ValueError, match="far"):
        occurrences.local(once, "UTC")
    with pytest.raises(BadInput):
        occurrences.check(When(once=once, zone="Asia/Tokyo"))


def test_an_address_that_nobody_has_verified_is_none_however_that_is_written() -> None:
    said = {"email": "ada@example.org"}
    assert tokens.email(said) and tokens.email({**said, "email_verified": "true"})
    assert not tokens.email({**said, "email_verified": "false"}) and not tokens.email({**said, "email_verified": False})


def test_a_cursor_of_another_list_is_refused_and_one_past_the_end_finds_nothing(configured: dict[str, str]) -> None:
    make_table()
    with pytest.raises(BadInput):
        schedules.history("c-1", pages.cursor("2026-11-21#r-1"))
    assert schedules.history("c-1", pages.cursor(10**12)) == ([], None)
    assert recordings.parts("v-1", pages.cursor(10**12)) == ([], None)


def test_screens_too_busy_for_one_row_are_recorded_in_smaller_parts(configured: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    make_table()
    recording = recordings.start(sessions.Session("s-1", "u-1", "demo"), "choice")
    append = recordings.append

    def small(id: str, first: int, frames: list[dict[str, object]]) -> None:
        if len(frames) > 3:
            raise BadInput("more than a row takes")
        append(id, first, frames)

    monkeypatch.setattr(recordings, "append", small)
    recorder = Recorder(recording.id)
    for n in range(10):
        recorder.screen(Screen(1, 3, f"{n:3}", bytes(3), (Style(),), (), 0, n, 0, False, State.TN3270))
    recorder.write(last=True)
    assert [frame["at"] >= 0 for frame in recordings.parts(recording.id, limit=100)[0]] == [True] * 10
