"""The score of a mark, 0 to 100: one row for each signal, with its points.

The points are those of the project's table of marks (geometry after GB/T 9704-2012); a mark is
raised from 60 and looked at from 40. What has no true star never comes to 60 by itself.
"""

from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from detect.classified.mark.grammar import Form
from detect.classified.mark.line import Sighting, is_alone
from detect.classified.mark.term import over_limit
from detect.classified.mark.wording import (
    CAPTION,
    COPY,
    ELEMENTS_BEFORE,
    GENRE,
    INTRODUCED,
    ISSUE,
    ITEM,
    KEY_BEFORE,
    LABELLED,
    LEDGER,
    LESSON,
    LEVEL_LABEL,
    LEVELED_NAME,
    LISTED_TITLE,
    MARKED,
    OPTION,
    QUOTES,
    SAMPLE,
    SENTENCE,
    TALK,
    TALK_BEHIND,
    TOPIC,
)
from situation.content.place import Box

RAISED: Final = 60
REVIEW: Final = 40
SUSPECTED: Final = 59
"""The most that a mark without a true star can have: a person looks at it."""

_WINDOW: Final = 30
_HEAD_LINES: Final = 5
_NEAR: Final = 3
_BEHIND: Final = 12
_SAMPLE_LINES: Final = 6


class Region(NamedTuple):
    """Part of a page, as shares of it, in which the upper left corner of a mark may lie."""

    left: float
    top: float
    right: float
    bottom: float


REGIONS: Final = (
    Region(0.08, 0.03, 0.60, 0.27),
    Region(0.08, 0.14, 0.60, 0.33),
    Region(0.50, 0.03, 0.95, 0.22),
)
"""Head of a document, of a letter below its double line (GB/T 9704-2012, 7.2 and 10.1), and the
upper right corner, where the edition of 1999 had it."""

_POINTS: Final = (14.5, 17.5)
"""Size of type 3 is 16 points, 5.64 mm."""


class Signal(NamedTuple):
    """One row: a code, its points, when it applies, and what it says to people."""

    code: str
    points: int
    applies: Callable[[Sighting], bool]
    zh: str
    en: str


def _star_term(seen: Sighting) -> bool:
    form = seen.form
    return form.star == "star" and form.term is not None and not over_limit(form.level, form.term)


def _star(seen: Sighting) -> bool:
    return seen.form.star == "star" and not _star_term(seen)


def _like(seen: Sighting) -> bool:
    return seen.form.star == "like" and seen.form.term is None


def _like_term(seen: Sighting) -> bool:
    return seen.form.star == "like" and seen.form.term is not None


def _term_only(seen: Sighting) -> bool:
    return seen.form.star == "none" and seen.form.term is not None


def _labelled(seen: Sighting) -> bool:
    if seen.form.star != "none":
        return False
    before = seen.left if seen.left.strip() else (seen.before[-1] if seen.before else "")
    return LABELLED.search(before[-_WINDOW:]) is not None


def _bare(seen: Sighting) -> bool:
    return seen.form.star == "none" and seen.form.term is None and not _labelled(seen)


def within(box: Box | None) -> bool:
    """Tell whether a box begins where a document has its mark."""
    return box is not None and any(
        region.left <= box.left <= region.right and region.top <= box.top <= region.bottom
        for region in REGIONS
    )


def _ahead(seen: Sighting) -> bool:
    line = seen.line
    if line.place.role in {"header", "footer", "text_box", "subject", "template", "annotation"}:
        return True
    if line.box is not None:
        # A picture by itself has no pages.
        return (line.place.page or 1) == 1 and within(line.box)
    return line.place.role != "name" and 1 <= line.number <= _HEAD_LINES


def _numbered(seen: Sighting) -> bool:
    near = "\n".join((*seen.before[-2:], seen.left, seen.right))
    if COPY.search(near):
        return True
    return ISSUE.search("\n".join((*seen.before, seen.right, *seen.after[:15]))) is not None


def _in_name(seen: Sighting) -> bool:
    return LEVELED_NAME.search(seen.document) is not None


def _type_size(seen: Sighting) -> bool:
    points = seen.line.points
    return points is not None and _POINTS[0] <= points <= _POINTS[1] and _ahead(seen)


def _preceded(seen: Sighting) -> bool:
    left = seen.left
    if not left or ELEMENTS_BEFORE.search(left) or KEY_BEFORE.search(left):
        return False
    if left.rstrip()[-1:] in QUOTES and left.strip():
        return True
    return "\u4e00" <= left[-1] <= "\u9fff"


def _talked(seen: Sighting) -> bool:
    if TALK.search(seen.left[-_WINDOW:]) or TALK_BEHIND.match(seen.right):
        return True
    earlier = [line for line in seen.before if not _is_mark(line)][-_NEAR:]
    if any(INTRODUCED.search(line[-60:]) for line in earlier):
        return True
    behind = next((line for line in seen.after if line.strip()), "")
    return CAPTION.match(behind) is not None


def _is_mark(line: str) -> bool:
    return len(line) <= _BEHIND and MARKED.search(line) is not None


def _discussed(seen: Sighting) -> bool:
    return _preceded(seen) or _talked(seen)


def _listed(seen: Sighting) -> bool:
    return OPTION.match(seen.left) is not None or ITEM.match(seen.left) is not None


def _in_sentence(seen: Sighting) -> bool:
    return seen.line.place.role != "name" and SENTENCE.match(seen.right) is not None


def _loose(seen: Sighting) -> bool:
    form = seen.form
    if form.star != "star" or form.term is not None:
        return False
    return not (is_alone(seen) or _numbered(seen) or _closes_title(seen))


def _closes_title(seen: Sighting) -> bool:
    """Tell whether it stands in brackets at the end of its line: 附件：某方案（秘密★）."""
    return seen.left.rstrip()[-1:] in {"(", "（"} and seen.right.strip() in {")", "）"}


def _several(seen: Sighting) -> bool:
    return bool(seen.beside)


def _siblings(seen: Sighting) -> bool:
    return any(_differ(form, seen.form) for form in seen.near)


def _differ(one: Form, other: Form) -> bool:
    """Tell whether two marks cannot be the same one, set again without its term."""
    if one.level != other.level:
        return True
    return one.term is not None and other.term is not None and one.term != other.term


def _levels(seen: Sighting) -> bool:
    return seen.levels >= 3  # noqa: PLR2004 - all levels that there are


def _opens_page(seen: Sighting) -> bool:
    line = seen.line
    return _levels(seen) and (line.place.page or 1) > 1 and within(line.box)


def _ledger(seen: Sighting) -> bool:
    line = seen.line
    marked, different = line.fellows
    if line.column and (LEVEL_LABEL.search(line.column) or different > 1 or marked > 2):  # noqa: PLR2004 - a mark stands once, or twice
        return True
    if LISTED_TITLE.search(seen.left) and _fields(line.text) >= 3:  # noqa: PLR2004 - number, title, level
        return True
    rows = [one.strip() for one in seen.before]
    heading = any(LEVEL_LABEL.search(one) and len(one) <= _BEHIND for one in rows[:-1])
    joined = any(LEVEL_LABEL.search(one) and _fields(one) >= 3 for one in rows)  # noqa: PLR2004 - as above
    return (heading or joined) and LEDGER.search("\n".join((*rows, *seen.title))) is not None


def _fields(line: str) -> int:
    return len(
        [one for one in line.replace("|", "\t").replace("  ", "\t").split("\t") if one.strip()]
    )


def _topics(seen: Sighting) -> Iterator[str]:
    """Yield the names of the document that say that it is about marks: of its file, its title."""
    above = [line for line in seen.title if line in seen.before]
    return (name for name in (seen.document, *above) if TOPIC.search(name))


def _lesson(seen: Sighting) -> bool:
    return any(LESSON.search(name) and not GENRE.search(name) for name in _topics(seen))


def _topic(seen: Sighting) -> bool:
    return not _lesson(seen) and any(True for _ in _topics(seen))


def _sample(seen: Sighting) -> bool:
    return any(SAMPLE.search(line) for line in seen.before[-_SAMPLE_LINES:])


SIGNALS: Final = (
    Signal("star_term", 60, _star_term, "密级、★和有效期限", "level, star and a valid term"),
    Signal("star", 50, _star, "密级和★", "level and star"),
    Signal("like_term", 45, _like_term, "密级、期限，★被替换", "level and term, star replaced"),
    Signal("like", 25, _like, "密级，★被替换", "level, star replaced"),
    Signal("term_only", 25, _term_only, "密级和期限，缺★", "level and term, no star"),
    Signal("labelled", 15, _labelled, "“密级”栏内的密级，缺★", "level behind its label, no star"),
    Signal("bare", 5, _bare, "仅有密级字样", "the level alone"),
    Signal("alone", 15, is_alone, "独占一行", "alone on its line"),
    Signal("ahead", 15, _ahead, "位于版头、页眉或文首", "in the head of the document"),
    Signal("numbered", 10, _numbered, "邻近份号或发文字号", "beside a copy or document number"),
    Signal("file_name", 10, _in_name, "文件名含密级", "file name holds a level"),
    Signal("type_size", 5, _type_size, "3号字", "size of type 3"),
    Signal("opens_page", 10, _opens_page, "位于页首", "opens a page"),
    Signal("discussed", -40, _discussed, "上下文在谈论标志", "is talked about"),
    Signal("several", -40, _several, "同行有多个标志", "several marks in one line"),
    Signal("ledger", -40, _ledger, "文件登记表中的密级栏", "column of a ledger of documents"),
    Signal("listed", -25, _listed, "选项或条目", "an option or item of a list"),
    Signal("siblings", -25, _siblings, "邻近有不同的标志", "different marks close by"),
    Signal("levels", -25, _levels, "全文出现三种密级", "all three levels in one document"),
    Signal("loose", -15, _loose, "有★无期限，同行另有文字", "star without term beside other text"),
    Signal("in_sentence", -20, _in_sentence, "在句子中", "inside a sentence"),
    Signal("lesson", -45, _lesson, "文件是保密或公文格式教材", "document is a lesson about marks"),
    Signal("sample", -25, _sample, "位于样张中", "in a specimen"),
    Signal(
        "topic", -20, _topic, "文件主题涉及标志或公文格式", "document is about how marks are set"
    ),
)
"""All signals with their points, in the order in which people see them."""


def signals_of(seen: Sighting) -> tuple[Signal, ...]:
    """Return the signals that apply to a mark."""
    return tuple(signal for signal in SIGNALS if signal.applies(seen))


def score_of(seen: Sighting, signals: tuple[Signal, ...]) -> int:
    """Return the points of a mark, 0 to 100."""
    most = 100 if seen.form.star == "star" else SUSPECTED
    return max(0, min(most, sum(signal.points for signal in signals)))
