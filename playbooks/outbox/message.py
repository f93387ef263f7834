"""A message as every channel sees it: what it tells of, in words, without sensitive detail."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from situation.clock import CITY_ZONE
from situation.state.tables import Delivery

DRILL_ZH = "【演练】"
"""Stands before whatever a drill sends."""
URGENT_ZH = "【紧急】"

_LEVELS = {1: "Ⅰ级", 2: "Ⅱ级", 3: "Ⅲ级", 4: "Ⅳ级"}
_OCCASIONS: Mapping[str, tuple[str, str]] = {
    "remind": ("临近期限，请办理", "due soon"),
    "overdue": ("已超期，请立即办理", "overdue"),
    "return": ("反馈被退回，请补充", "returned, please complete it"),
    "pass": ("复核通过", "rechecked and passed"),
    "supervise": ("督办", "supervised"),
    "revoke": ("已撤销", "revoked"),
    "reassign": ("已转办", "reassigned"),
    "level": ("事件已达应报告级别，请登录研判", "an incident that must be reported"),
    "missed": ("报告时限已过，请立即报告", "the time to report is over"),
    "approve_half": (
        "审批时限已过半，请登录审批",
        "half the time to decide about an action is over",
    ),
    "approve_again": (
        "逾期未批，另行报批，请登录审批",
        "nobody decided in time, please decide now",
    ),
    "approve": ("有行动待审批，请登录审批", "an action waits for approval"),
    "extension": ("延期申请已答复", "answer to the wish for more time"),
    "message": ("请阅知", "for your information"),
}
"""What the reader is to do, by the first word of the occasion."""
_ISSUES: Mapping[str, tuple[str, str]] = {
    "notice": ("请登录门户签收", "please sign for it in the portal"),
}
"""What the reader of something issued is to do, by its kind; a warning is only read."""
_OTHER = ("请登录门户查看", "please look into the portal")
_LONGEST = 200
"""Characters of a field; a longer one is cut."""
LONGEST_TEXT = 2000
"""Characters of a text of several lines; a longer one is cut."""
_ELLIPSIS = "…"


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that is told of. `due` and `link` may be empty."""

    number: str
    kind_zh: str
    kind_en: str
    level: str
    title_zh: str
    title_en: str
    department: str
    due: str
    link: str
    asks_zh: str
    asks_en: str
    topic: str
    """What happened to what, for machines: notice.issue, warning.lift."""
    text_zh: str = ""
    text_en: str = ""
    """What somebody wrote, in several lines; empty where the fields say it all."""

    @property
    def text(self) -> str:
        """Return what was written, in both languages where they differ."""
        return "\n\n".join(one for one in dict.fromkeys((self.text_zh, self.text_en)) if one)


@dataclass(frozen=True, slots=True)
class Message:
    """What goes out under one id: one item, or the several of a digest, urgent ones first."""

    id: str
    is_drill: bool
    is_urgent: bool
    items: tuple[Item, ...]

    @property
    def subject(self) -> str:
        """One line that names it, at most some 100 characters."""
        first = self.items[0]
        marks = DRILL_ZH * self.is_drill + URGENT_ZH * self.is_urgent
        if len(self.items) > 1:
            return f"{marks}网络安全通报 {len(self.items)} 件待办 / {len(self.items)} notices"
        return f"{marks}{first.kind_zh} {first.number} {first.asks_zh}"


def message_of(delivery: Delivery, others: Sequence[Delivery], public_url: str) -> Message:
    """Return what a delivery says, with `others` that travel inside it."""
    return Message(
        id=delivery.id,
        is_drill=delivery.drill_id is not None,
        is_urgent=delivery.urgent,
        items=tuple(_item(one, public_url) for one in (delivery, *others)),
    )


def text_of(message: Message, octets: int) -> str:
    """Return the plain text of a message for a robot, at most `octets` of UTF-8.

    Number, kind, grade, department, deadline, link, then what was written. Where not all of a
    digest fits, the last line says how many more there are.
    """
    if len(message.items) == 1:
        first = message.items[0]
        written_too = ("", first.text) if first.text else ()
        return cut("\n".join((message.subject, *_lines(first), *written_too)), octets)
    listed = [_line(item) for item in message.items]

    def written(count: int) -> bytes:
        more = len(listed) - count
        tail = [f"另有 {more} 件，请登录门户 / {more} more in the portal"] if more else []
        return "\n".join((message.subject, *listed[:count], *tail)).encode()

    return cut(written(fitting(written, len(listed), octets)).decode(), octets)


def fitting(written: Callable[[int], bytes], count: int, octets: int) -> int:
    """Return how many of `count` items may be written so that it has at most `octets`."""
    while count > 1 and len(written(count)) > octets:
        count -= 1
    return count


def cut(text: str, octets: int) -> str:
    """Return the text cut to so many octets of UTF-8, never inside a character."""
    encoded = text.encode()
    if len(encoded) <= octets:
        return text
    room = octets - len(_ELLIPSIS.encode())
    return encoded[: max(room, 0)].decode(errors="ignore") + _ELLIPSIS


def _lines(item: Item) -> list[str]:
    pairs = (
        ("编号 No.", item.number),
        ("类型 Kind", f"{item.kind_zh} {item.kind_en}".strip()),
        ("级别 Level", item.level),
        ("单位 Department", item.department),
        ("期限 Due", item.due),
        ("办理 Open", item.link),
    )
    return [f"{name}：{value}" for name, value in pairs if value]


def _line(item: Item) -> str:
    parts = (item.number, item.kind_zh, item.level, item.department, item.due, item.link)
    return " ".join(part for part in parts if part)


def _item(delivery: Delivery, public_url: str) -> Item:
    said = {key: _clean(value) for key, value in delivery.payload.items()}
    occasion = delivery.occasion.partition(":")[0]
    asks_zh, asks_en = _asks(delivery.object_kind, occasion)
    return Item(
        number=said.get("number", ""),
        kind_zh=said.get("kind_zh", ""),
        kind_en=said.get("kind_en", ""),
        level=_level(delivery.payload.get("level")),
        title_zh=said.get("title_zh", ""),
        title_en=said.get("title_en", ""),
        department=said.get("department", ""),
        due=_due(said.get("due_at", "")),
        link=_link(said.get("link", ""), public_url),
        asks_zh=asks_zh,
        asks_en=asks_en,
        topic=f"{delivery.object_kind}.{occasion}",
        text_zh=_written(delivery.payload.get("text_zh")),
        text_en=_written(delivery.payload.get("text_en")),
    )


def _asks(kind: str, occasion: str) -> tuple[str, str]:
    if occasion == "issue":
        return _ISSUES.get(kind, _OTHER)
    for word, asks in _OCCASIONS.items():
        if occasion.startswith(word):
            return asks
    return _OTHER


def _clean(value: object) -> str:
    # No control character and no lone surrogate gets as far as a header or an encoder.
    text = "" if value is None else str(value)
    kept = "".join(one for one in text if one.isprintable())
    return kept if len(kept) <= _LONGEST else kept[:_LONGEST] + _ELLIPSIS


def _written(value: object) -> str:
    """Return a text of several lines, each cleaned as a field is."""
    text = value if isinstance(value, str) else ""
    lines = ("".join(one for one in line if one.isprintable()) for line in text.splitlines())
    kept = "\n".join(lines).strip()
    return kept if len(kept) <= LONGEST_TEXT else kept[:LONGEST_TEXT] + _ELLIPSIS


def _level(value: object) -> str:
    return _LEVELS.get(value, "") if isinstance(value, int) else ""


def _due(text: str) -> str:
    try:
        at = dt.datetime.fromisoformat(text)
    except ValueError:
        return ""
    return at.astimezone(CITY_ZONE).strftime("%Y-%m-%d %H:%M") if at.tzinfo else ""


def _link(path: str, public_url: str) -> str:
    # A link leads into our own console and nowhere else.
    return f"{public_url}{path}" if path.startswith("/") and not path.startswith("//") else ""
