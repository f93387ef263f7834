"""What wakes the search for marks in plain text, and where in it there is something to look at."""

import re
from collections.abc import Iterator
from typing import Final

from detect.classified.mark.grammar import LEADS, LIKE, LOST, STAR

_GAP: Final = (
    r"(?:[ \t\r\n]|\xc2\xa0|\xe2\x80[\x80-\x8f\xaf]|\xe2\x81\xa0|\xe3\x80\x80|\xef\xbb\xbf){0,6}"
)
_LEAD: Final = "(?:" + "|".join(LEADS) + ")"
_STARS: Final = "(?:" + "|".join((*map(re.escape, STAR + LIKE), "＊")) + ")"
_LOSTS: Final = "(?:" + "|".join((*map(re.escape, LOST), "？")) + ")"
_FIGURE: Final = "(?:[0-9]|长|永|一|二|三|四|五|六|七|八|九|十)"
_OTHERS: Final = "(?:内部|事项|资料|文件|商密|敏感)"
_ELEMENT: Final = (
    r"(?:[\t\r -\x7e]|\xc2[\xa0-\xbf]|\xe2\x80[\x80-\xbf]|\xe2\x84\x96|\xe3\x80[\x80-\xbf]|"
    r"\xef\xbc[\x80-\xbf]|\xef\xbb\xbf|密|级|保|期|限|标|志|识|长|永|久|年|个|月|日|天|周|至|到|前|后|止|"
    "启|用|并|使|完|毕|考|试|结|束|开|第|号|份|共|特|提|加|急|平|缓|件|程|度|紧|编|国|家|秘|文|等|和|及|"
    "一|二|三|四|五|六|七|八|九|十)"
)
"""What may stand beside a level that fills its line: signs, and words of the head of a document."""

# Without a bound: Vectorscan takes seconds to compile this one with bounds.
_LEVEL_LINE: Final = f"{_ELEMENT}*{_LEAD}{_GAP}密{_ELEMENT}*"
_WORDING: Final = (
    "(?:内部(?:资料|文件|使用|参考|刊物|材料|传阅|掌握|事项)|(?:不得|请勿|严禁|禁止|勿)外传|注意保(?:密|存)|"
    "仅供内部|工作秘密|(?:此|本)件不(?:予)?公开|(?:阅|会|用)后(?:即|请)?(?:收回|回收|退回|销毁|交回)|"
    "限[^\n]{1,60}传阅)"
)
"""Wording of work secrets and of what is meant for the house alone."""
_BESIDE: Final = 48
"""Octets beside wording in its line: 16 characters."""

MARK_WAKES: Final[tuple[str, ...]] = (
    f"密{_GAP}{_STARS}",
    f"密{_GAP}{_LOSTS}{_GAP}{_FIGURE}",
    f"{_OTHERS}{_GAP}(?:★|☆)",
    f"(?:^|\n){_LEVEL_LINE}(?:\n|$)",
    f"(?:^|\n)[^\n]{{0,{_BESIDE}}}{_WORDING}[^\n]{{0,{_BESIDE}}}(?:\n|$)",
)
"""Patterns over UTF-8, of which one matches wherever plain text may hold a mark."""


def _octets(pattern: str) -> re.Pattern[bytes]:
    escaped = re.sub(r"\\x([0-9a-f]{2})", lambda found: chr(int(found[1], 16)), pattern)
    return re.compile(b"".join(_encoded(char) for char in escaped))


def _encoded(char: str) -> bytes:
    # Characters of one octet stand for the octet that the pattern names; the others are text.
    return char.encode("latin-1") if char <= "\xff" else char.encode()


_STARRED: Final = _octets(f"(?:密|{_OTHERS}){_GAP}{_STARS}|密{_GAP}{_LOSTS}{_GAP}{_FIGURE}")
_ALONE: Final = _octets(_LEVEL_LINE)
_WORDED: Final = _octets(_WORDING)
_MI: Final = "密".encode()
_OWNERS: Final = tuple(word.encode() for word in ("内部", "商密", "敏感"))
_WORDINGS: Final = tuple(word.encode() for word in ("内部", "外传", "意保", "件不", "传阅", "密"))
_AFTER: Final = _octets("后(?:即|请)?(?:收回|回收|退回|销毁|交回)")
_SHORT: Final = 150
"""Octets of a line that may be a level by itself, or wording: 50 characters."""


def spots(data: bytes) -> Iterator[int]:
    """Yield the places of plain text around which a mark may stand, in any order."""
    yield from (at for at in _all(data, _MI) if _telling(data, at))
    for word in _OWNERS:
        yield from (at for at in _all(data, word) if _STARRED.match(data, at))
    for word in _WORDINGS:
        yield from (at for at in _all(data, word) if _is_worded(data, at))
    yield from (found.start() for found in _AFTER.finditer(data) if _line(data, found.start()))


def _all(data: bytes, word: bytes) -> Iterator[int]:
    at = data.find(word)
    while at >= 0:
        yield at
        at = data.find(word, at + len(word))


def _telling(data: bytes, at: int) -> bool:
    """Tell whether a 密 may be the end of a level that is a mark, and not one in a sentence."""
    return _STARRED.match(data, at) is not None or _ALONE.fullmatch(_line(data, at)) is not None


def _is_worded(data: bytes, at: int) -> bool:
    return _WORDED.search(_line(data, at)) is not None


def _line(data: bytes, at: int) -> bytes:
    """Return the line around a place, nothing where it is longer than a mark may be."""
    begin = data.rfind(b"\n", max(0, at - _SHORT), at)
    end = data.find(b"\n", at, at + _SHORT)
    if (begin < 0 and at > _SHORT) or (end < 0 and len(data) > at + _SHORT):
        return b""
    return data[begin + 1 : end if end >= 0 else len(data)]
