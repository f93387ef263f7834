"""Marks and the ways to write them: level, star, term."""

from dataclasses import dataclass

from corpus.dice import Dice


@dataclass(frozen=True, slots=True)
class Stamp:
    """A mark: level and term as the law writes them, and how this one was written."""

    level: str
    term: str
    written: str
    faults: tuple[str, ...] = ()
    classed: str = "secret"
    raised: bool = True

    @property
    def text(self) -> str:
        """The mark as the law writes it."""
        return f"{self.level}★{self.term}"


VALID: tuple[tuple[str, str], ...] = (
    ("绝密", "30年"), ("绝密", "长期"), ("绝密", "20年"), ("绝密", "10年"), ("机密", "20年"),
    ("机密", "10年"), ("机密", "5年"), ("机密", "长期"), ("机密", "2031年12月31日"),
    ("秘密", "10年"), ("秘密", "5年"), ("秘密", "3年"), ("秘密", "1年"), ("秘密", "6个月"),
    ("秘密", "90日"), ("秘密", "会议开始前"), ("机密", "发布前"), ("秘密", "2029年6月1日"),
    ("机密", "3个月"), ("绝密", "25年"), ("秘密", "公布前"),
)  # fmt: skip
OVER: tuple[tuple[str, str], ...] = (
    ("秘密", "50年"), ("秘密", "20年"), ("机密", "30年"), ("机密", "50年"), ("绝密", "50年"),
    ("秘密", "240个月"),
)  # fmt: skip
"""Terms beyond the limit of their level: 30, 20 and 10 years (保密法 art 20)."""
MISUSED = ("工作秘密", "内部", "商密", "核心商密", "普通商密", "内部资料")
"""Words before a star that only state secrets may bear."""
INTERNAL = (
    "内部资料 注意保存", "内部使用", "内部文件，不得外传", "内部资料，请勿外传", "工作秘密",
    "仅供内部使用", "内部参考 注意保密", "限本单位传阅", "工作秘密★5年", "内部★10年",
)  # fmt: skip

_FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
_OLD = str.maketrans({"绝": "絕", "机": "機"})


def _spaced(level: str, gap: str) -> str:
    return level[0] + gap + level[1]


def _forms(level: str, term: str) -> tuple[str, ...]:
    return (
        f"{level}★{term}",
        f"{level}★{term}",
        f"{level} ★ {term}",
        f"{level}★ {term}",
        f"{_spaced(level, ' ')}★{term}",
        f"{_spaced(level, '　')}★{term}",
        f"{_spaced(level, '  ')} ★ {term}",
        f"{level}★{term.translate(_FULL_WIDTH)}",
        f"{level}★".translate(_OLD) + term,
        f"{level[0]}\u200b{level[1]}★\u200b{term}",
        f"{level}　★　{term}",
        f"{level}\ufeff★{term}",
    )


def stamp(dice: Dice, level: str, term: str) -> Stamp:
    """Write a valid mark in one of the usual ways."""
    return Stamp(level, term, dice.pick(_forms(level, term)))


def termless(dice: Dice, level: str) -> Stamp:
    """Write a mark without a term: the longest of its level holds."""
    return Stamp(level, "", dice.pick((f"{level}★", f"{level} ★", f"{_spaced(level, ' ')}★")))


def over(dice: Dice) -> Stamp:
    """Write a mark whose term is longer than its level may have."""
    level, term = dice.pick(OVER)
    return Stamp(level, term, f"{level}★{term}", ("over_limit",))


def misused(dice: Dice) -> Stamp:
    """Write a star behind a word that may bear none."""
    word, term = dice.pick(MISUSED), dice.pick(("5年", "10年", "3年"))
    classed = "trade_secret" if "商密" in word else "work_secret"
    return Stamp("", term, f"{word}★{term}", ("misuse",), classed, raised=False)


def evading(dice: Dice, level: str, term: str) -> Stamp:
    """Write a mark with another sign in place of the star: to be laid before a person."""
    return Stamp(level, term, f"{level}{dice.pick('☆*＊●')}{term}", raised=False)


def lost(level: str) -> Stamp:
    """Write the level alone, its star lost: to be laid before a person."""
    return Stamp(level, "", level, raised=False)
