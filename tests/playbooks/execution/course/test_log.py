"""Reasons are kept short, in one line, without signs that a database refuses."""

from playbooks.execution.course.log import LONGEST, short


def test_a_reason_is_one_line_of_limited_length() -> None:
    assert short("no\nway\x00 here") == "no way here"
    assert len(short("x" * 5000)) == LONGEST
