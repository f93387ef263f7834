"""What a column holds."""

import pytest

from detect.classified.column.verdict import judge
from detect.classified.column.view import Column
from tests.detect.classified.column.judged import column, table
from tests.detect.classified.column.styles import HELD, IDS, MOBILES, NAMES, NOTHING


@pytest.mark.parametrize(("header", "kind", "cells"), HELD)
def test_a_column_is_what_heading_and_cells_say(header: str, kind: str, cells: list[str]) -> None:
    assert column(header, cells).kind == kind


@pytest.mark.parametrize(("header", "cells"), NOTHING)
def test_other_columns_are_nothing(header: str, cells: list[str]) -> None:
    assert column(header, cells).kind == ""


def test_it_is_said_what_decided() -> None:
    assert column("身份证号", IDS).by == "both"
    assert column("", IDS).by == "values"
    assert judge(Column(header="身份证号", cells=()))[0].by == "name"
    assert judge(Column(header="身份证号", cells=()))[0].reasons[0].code == "header_only"


def test_half_valid_numbers_are_enough_and_a_tenth_is_not() -> None:
    mixed = [each if at % 2 else "见附件" for at, each in enumerate(IDS)]
    assert column("", mixed).kind == "resident_id"
    rare = [each if at % 10 == 0 else "待补" for at, each in enumerate(IDS)]
    assert column("", rare).kind == ""


def test_remarks_are_read_as_text() -> None:
    cells = [f"已联系，电话{each}，同意" if at % 4 else "无" for at, each in enumerate(MOBILES)]
    verdict = column("备注", cells)
    assert (verdict.kind, verdict.by) == ("mobile", "text")


def test_a_column_of_two_things_holds_both() -> None:
    cells = [f"{name} {mobile}" for name, mobile in zip(NAMES, MOBILES, strict=True)]
    assert {one.kind for one in table(["联系人及电话"], [cells]).columns} == {"name", "mobile"}


def test_a_masked_column_says_so() -> None:
    verdict = column("手机号", [f"{each[:3]}****{each[7:]}" for each in MOBILES])
    assert "masked" in {reason.code for reason in verdict.reasons}


def test_empty_cells_and_what_stands_for_them_do_not_count() -> None:
    cells = [each if at % 3 == 0 else ("", "-", "NULL")[at % 3] for at, each in enumerate(NAMES)]
    verdict = column("姓名", cells)
    assert verdict.kind == "name"
    assert verdict.filled == len(NAMES) // 3


def test_a_heading_without_any_cell_is_believed() -> None:
    assert column("家庭住址", ["", "", ""]).kind == "address"
    assert column("订单号", ["", "", ""]).kind == ""


def test_few_words_without_a_heading_prove_nothing() -> None:
    assert column("", NAMES[:3]).kind == ""


def test_fifteen_digits_that_all_have_a_region_and_a_day_are_old_numbers() -> None:
    old = [f"440301{year}{month:02}12{year}5" for year in range(30, 60) for month in (3, 11)]
    assert column("老证号", old).kind == "resident_id_15"
    assert column("老证号", [each[:8] + "9" + each[9:] for each in old]).kind == ""


def test_landlines_that_lost_their_zero_are_known_by_their_heading() -> None:
    assert column("固话", [f"75582{n}" for n in range(101_234, 101_264)]).kind == "landline"
