"""Which paths are scanned."""

import pytest

from sensors.content.source.selection import Selection, fits


@pytest.mark.parametrize(
    ("path", "pattern", "expected"),
    [
        ("a/b/c.bak", "*.bak", True),
        ("c.bak", "*.bak", True),
        ("a/b/c.bak", "a/*.bak", False),
        ("a/c.bak", "a/*.bak", True),
        ("a/b/c.bak", "a/**", True),
        ("ab/c", "a/**", False),
        ("a/x/y/c", "a/*/c", False),
        ("a/c", "a/**/c", True),
        ("a/x/y/c", "a/**/c", True),
        ("a.txt", "?.txt", True),
        ("[a].txt", "[a].txt", True),
        ("anything/at all", "**", True),
    ],
)
def test_a_pattern_fits_as_in_a_shell(path: str, pattern: str, *, expected: bool) -> None:
    assert fits(path, pattern) is expected


def test_what_is_excluded_is_left_out_even_if_it_is_included() -> None:
    selection = Selection(("docs/**",), ("*.tmp",))
    taken = [path for path in ("docs/a.txt", "docs/a.tmp", "other/a.txt") if selection.takes(path)]
    assert taken == ["docs/a.txt"]
