"""What wakes the search for marks in plain text."""

import re

import pytest

from detect.classified.mark import MARK_WAKES
from detect.classified.mark.waking import spots
from tests.detect.classified.mark.pages import DECOYS, MARKED, plain

_PATTERNS = [re.compile(wake.encode()) for wake in MARK_WAKES]


def _is_awake(data: bytes) -> bool:
    return any(pattern.search(data) for pattern in _PATTERNS)


@pytest.mark.parametrize("lines", [*MARKED, *DECOYS], ids=lambda lines: lines[0][:20])
def test_where_a_mark_is_told_of_something_wakes_the_search(lines: tuple[str, ...]) -> None:
    # Invisible characters are gone before the prefilter looks, as the prefilter itself sees to.
    data = re.sub("[\u200b\u2060\ufeff]", "", "\n".join(lines)).encode()
    if plain(lines):
        assert _is_awake(data)
        assert list(spots(data))


@pytest.mark.parametrize(
    "text",
    [
        "国家秘密受法律保护。\n一切国家机关都有保守国家秘密的义务。\n",
        "投标人应当承诺保守采购人的商业秘密。\n",
        "工作人员应当严格遵守保密制度，密切配合。\n",
        "本办法自公布之日起施行。\n",
    ],
)
def test_prose_about_secrets_is_not_looked_at(text: str) -> None:
    assert not _is_awake(text.encode())
    assert not list(spots(text.encode()))
