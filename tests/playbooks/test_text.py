"""Texts that people type."""

import pytest

from playbooks.text import typed
from situation.faults import Malformed


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (" a\r\nb\rc ", "a\nb\nc"),
        ("甲\t乙", "甲\t乙"),
        ("🔒 ⚠️ 👨\u200d👩", "🔒 ⚠️ 👨\u200d👩"),
        ("", ""),
    ],
)
def test_a_text_is_kept_with_line_feeds_and_without_blanks_around_it(text: str, kept: str) -> None:
    assert typed(text, "cause") == kept


@pytest.mark.parametrize(
    "text", ["a\x00b", "\x1b[31m", "a\x85b", "\ud800", "\u202ecod", "a\u2066b", "x" * 11]
)
def test_control_characters_and_long_texts_are_refused(text: str) -> None:
    with pytest.raises(Malformed) as fault:
        typed(text, "cause", longest=10)
    assert fault.value.where == "cause"
