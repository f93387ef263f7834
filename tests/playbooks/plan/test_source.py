"""Where rows come from: each has a text, with the month in which it was read."""

from playbooks.plan import load_plan
from playbooks.plan.source import FACT_SHEET

PLAN = load_plan()


def test_all_texts_of_the_fact_sheet_are_there() -> None:
    ids = {row.id for row in PLAN.sources}
    assert ids >= {f"S{number}" for number in range(1, 43)}


def test_every_row_was_read_somewhere_in_some_month() -> None:
    for kind, row in PLAN.sourced():
        source = PLAN.source_of(row)
        assert source is not None, (kind, row.name)
        assert source.read_on == "2026-11"


def test_a_section_is_one_of_the_fact_sheet() -> None:
    source = PLAN.source_of(PLAN.splits[0])
    assert source is not None
    assert source.id == FACT_SHEET


def test_no_verified_row_rests_on_the_fact_sheet_alone() -> None:
    for kind, row in PLAN.sourced():
        source = PLAN.source_of(row)
        assert source is not None
        assert not (row.verified and source.id == FACT_SHEET), (kind, row.name)
