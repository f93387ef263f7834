import datetime as dt
import io
import zipfile

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from playbooks.document.cleaning import clean
from playbooks.document.sheet import MOST_ROWS, sheet_of
from situation.faults import Malformed
from tests.playbooks.document.case import NINE
from tests.playbooks.document.corpus import ACTING, FORMULAS, UNSEEN


def read(content: bytes) -> Worksheet:
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    assert isinstance(sheet, Worksheet)
    return sheet


def listed(*rows: list[object], title: str = "通报台账") -> Worksheet:
    return read(sheet_of(title, ["编号", "级别", "时间"], rows, who="王签发", now=NINE))  # type: ignore[arg-type]


def test_a_list_says_what_it_is_who_took_it_and_when() -> None:
    sheet = listed(["示网应通〔2026〕第001号", 2, NINE])
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0][0] == "通报台账"
    assert rows[1][0] == (
        "王签发 2026-03-02 09:00:00 导出，按规定使用和保管"
        " / exported by 王签发 at 2026-03-02 09:00:00"
    )
    assert rows[2] == ("编号", "级别", "时间")
    assert rows[3] == ("示网应通〔2026〕第001号", 2, "2026-03-02 09:00:00")
    assert len(rows) == 4


def test_the_head_stays_in_sight_and_columns_fit_their_texts() -> None:
    sheet = listed(["示网应通〔2026〕第001号" * 9, 2, None])
    assert sheet.freeze_panes == "A4"
    assert sheet.auto_filter.ref == "A3:C4"
    widths = [sheet.column_dimensions[letter].width for letter in "AB"]
    assert widths[0] > 40
    assert widths[1] < 12


@pytest.mark.parametrize("text", [*FORMULAS, *ACTING, *UNSEEN])
def test_no_text_is_worked_out_followed_or_turned_into_a_number(text: str) -> None:
    content = sheet_of(text, [text, text, text], [[text, text, text]], who=text, now=NINE)
    sheet = read(content)
    for row in (1, 3, 4):
        cell = sheet.cell(row, 1)
        assert cell.data_type == "s"
        assert cell.value == clean(text)
        assert cell.hyperlink is None
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        written = packed.read("xl/worksheets/sheet1.xml").decode()
        assert "<f>" not in written
        assert "hyperlink" not in written
        assert not [name for name in packed.namelist() if "external" in name.lower()]


def test_numbers_truth_and_nothing_are_what_they_are() -> None:
    sheet = listed([True, 1.5, None])
    assert [cell.value for cell in sheet[4]] == [True, 1.5, None]


def test_a_text_longer_than_a_cell_is_cut_and_says_so() -> None:
    value = listed(["x" * 40_000, 1, None]).cell(4, 1).value
    assert isinstance(value, str)
    assert len(value) == 32_767
    assert value.endswith("cut: longer than a cell）")


def test_more_rows_than_a_person_reads_are_refused() -> None:
    with pytest.raises(Malformed, match="narrow the filter"):
        sheet_of("x", ["a"], ([""] for _ in range(MOST_ROWS + 1)), who="x", now=NINE)


def test_an_empty_list_has_its_head() -> None:
    assert [cell.value for cell in listed()[3]] == ["编号", "级别", "时间"]


def test_times_are_the_city_s() -> None:
    night = dt.datetime(2026, 3, 1, 16, 30, tzinfo=dt.UTC)
    assert listed(["", 0, night]).cell(4, 3).value == "2026-03-02 00:30:00"
