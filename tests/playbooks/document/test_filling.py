import pathlib

import pytest

from playbooks.document.block import Block, Document, Language
from playbooks.document.filling import LONGEST_TEXT, MOST_ROWS, in_chinese
from playbooks.document.template import load_templates
from situation.faults import Malformed, Misconfigured
from tests.playbooks.document.golden import data_of
from tests.playbooks.document.test_template import put


def filled(
    folder: pathlib.Path, blocks: str, language: Language = "zh", **changes: object
) -> Document:
    templates = load_templates(put(folder, blocks))
    return templates.fill("notice", {**data_of("notice"), **changes}, language)


def test_each_language_has_its_own_words(tmp_path: pathlib.Path) -> None:
    words = '{ zh = "状态{{ status }}", en = "is {{ status }}" }'
    blocks = f'[[block]]\nkind = "paragraph"\ntext = {words}\n'
    assert filled(tmp_path, blocks).blocks == (Block("paragraph", "状态已归档"),)
    assert filled(tmp_path, blocks, "en").blocks == (Block("paragraph", "is archived"),)


def test_blocks_and_lines_are_left_out_by_condition(tmp_path: pathlib.Path) -> None:
    blocks = """
[[block]]
kind = "facts"
row = [
  { label = "a", value = "1", when = "drill" },
  { label = "b", value = "2", unless = "drill" },
  { label = "c", value = "{{ assignee }}" },
  { label = "seal", value = "", lines = 3 },
]
[[block]]
kind = "note"
when = "items"
text = "items"
"""
    document = filled(tmp_path, blocks, items=[], assignee="")
    assert document.blocks == (Block("facts", rows=(("b", "2"), ("c", "—"), ("seal", "\n\n"))),)


def test_headings_are_counted_as_they_are_said(tmp_path: pathlib.Path) -> None:
    blocks = """
[[block]]
kind = "heading"
text = "a"
[[block]]
kind = "heading"
text = "left out"
when = "drill"
[[block]]
kind = "repeat"
each = "rounds"
[[block.block]]
kind = "heading"
text = "r{{ part.number }}"
[[block.block]]
kind = "heading"
level = 2
text = "b"
"""
    texts = [block.text for block in filled(tmp_path, blocks).blocks]
    assert texts == ["一、a", "二、r1", "（一）b", "三、r2", "（一）b"]
    texts = [block.text for block in filled(tmp_path, blocks, "en").blocks]
    assert texts == ["1. a", "2. r1", "2.1. b", "3. r2", "3.1. b"]


@pytest.mark.parametrize(
    ("number", "said"),
    [(1, "一"), (9, "九"), (10, "十"), (11, "十一"), (20, "二十"), (99, "九十九"), (100, "100")],
)
def test_headings_are_counted_in_chinese(number: int, said: str) -> None:
    assert in_chinese(number) == said


def test_an_overlong_text_is_cut_and_says_so(tmp_path: pathlib.Path) -> None:
    blocks = '[[block]]\nkind = "paragraph"\ntext = "{{ request }}"\n'
    text = filled(tmp_path, blocks, request="长" * 500_000).blocks[0].text
    assert text == "长" * LONGEST_TEXT + "……（此处略去480000字，全文见平台）"


def test_a_document_without_end_is_refused(tmp_path: pathlib.Path) -> None:
    table = """
[[block]]
kind = "facts"
each = "fields"
label = "{{ row.label }}"
value = "{{ row.value }}"
"""
    row = {"label": "x", "value": "y" * 10_000}
    with pytest.raises(Malformed, match="longer than"):
        filled(tmp_path, table, fields=[row] * 200)
    with pytest.raises(Malformed, match="more than"):
        filled(tmp_path, table, fields=[{"label": "", "value": ""}] * (MOST_ROWS + 1))


def test_data_that_lack_a_value_are_named(tmp_path: pathlib.Path) -> None:
    with pytest.raises(Misconfigured, match="items is no list"):
        filled(
            tmp_path, '[[block]]\nkind = "list"\ntext = ""\neach = "items"\nvalue = ""\n', items=1
        )
    with pytest.raises(Misconfigured, match=r"nothing is called 'last\.nobody'"):
        filled(tmp_path, '[[block]]\nkind = "note"\ntext = ""\nwhen = "last.nobody"\n')
