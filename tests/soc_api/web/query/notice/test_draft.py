from dataclasses import replace

import pytest

from soc_api.web.query.notice.draft import Draft, entry_rows, missing_of, preview_of
from tests.soc_api.web.city import NOW, plan
from tests.soc_api.web.docket import FORM, HOUSING

DRAFT = Draft(
    kind="hazard",
    department=HOUSING,
    title_zh="未授权访问",
    level=2,
    hazard_level="high",
    fields=FORM,
)


@pytest.mark.parametrize("kind", [row.key for row in plan().notice_kinds])
def test_no_field_is_typed_that_the_notice_says_itself(kind: str) -> None:
    keys = {row.key for row in entry_rows(plan(), kind)}
    assert keys
    assert not keys & {"number", "title", "department", "level", "receipt_due", "status"}


@pytest.mark.parametrize("kind", [row.key for row in plan().notice_kinds])
def test_an_empty_form_of_any_kind_has_a_preview(kind: str) -> None:
    preview = preview_of(plan(), Draft(kind=kind), NOW)
    assert {"department", "title_zh"} <= set(preview.missing)
    assert preview.fields


def test_a_whole_draft_misses_nothing() -> None:
    assert missing_of(plan(), DRAFT) == []
    assert missing_of(plan(), replace(DRAFT, hazard_level="")) == ["hazard_level"]
    bare = replace(DRAFT, fields=FORM | {"description": " \n", "records": ""})
    assert missing_of(plan(), bare) == ["description"]


def test_the_preview_counts_its_deadlines_from_now() -> None:
    row = preview_of(plan(), DRAFT, NOW).row
    urgent = preview_of(plan(), replace(DRAFT, level=1), NOW).row
    assert NOW < urgent.receipt_due < row.receipt_due < row.feedback_due


def test_lines_are_shown_one_by_one() -> None:
    fields = {each.key: each for each in preview_of(plan(), DRAFT, NOW).fields}
    assert [text.zh for text in fields["description"].values] == FORM["description"].splitlines()
    assert fields["request"].values[0].zh == plan().notice_kind("hazard").request_zh
