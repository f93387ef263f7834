"""What an account that is not for marks of secrecy is shown of a scan."""

from collections.abc import Sequence

from situation.content.piece import BODY
from situation.content.verdict import Mark, Verdict, Violation
from soc_api.scan.telling.reserve import Reserve

MARK = Mark(classed="secret", level="机密", text="机密★10年", term="10年", score=100, place=BODY)


def test_resources_with_a_mark_are_counted_and_not_shown() -> None:
    shown: list[str] = []

    def show(path: str, _verdict: Verdict, _broken: Sequence[Violation]) -> None:
        shown.append(path)

    reserve = Reserve(show)
    reserve("/a.txt", Verdict(ruleset="r"), ())
    reserve("/b.txt", Verdict(ruleset="r", marks=(MARK,)), ())
    reserve("/c.txt", Verdict(ruleset="r"), [Violation(rule="V01", severity=0, reasons=())])
    assert (shown, reserve.hidden) == (["/a.txt"], 2)
