"""Clean files in other styles than laws: logs, programs, catalogues, measurements, lyrics.

Nothing about a person stands in them, and no secret; network addresses do in access logs.
"""

from collections.abc import Callable, Iterator

from corpus.dice import Dice

_HEX = "0123456789abcdef"
_VERBS = ("open", "close", "retry", "flush", "commit", "resolve", "render", "load")
_PARTS = ("cache", "queue", "worker", "router", "session", "index", "writer", "parser")


def _dashed(dice: Dice) -> str:
    return "-".join(dice.text(size, _HEX) for size in (8, 4, 4, 4, 12))


def _time(dice: Dice) -> str:
    clock = f"{dice.whole(0, 23):02}:{dice.whole(0, 59):02}:{dice.whole(0, 59):02}"
    return f"2026-{dice.whole(1, 12):02}-{dice.whole(1, 28):02} {clock}.{dice.digits(3)}"


def _application(dice: Dice) -> str:
    level = dice.pick(("INFO", "DEBUG", "WARN"))
    what = f"[{dice.pick(_PARTS)}-{dice.whole(1, 16)}] {dice.pick(_VERBS)}"
    return f"{_time(dice)} {level} {what} trace={_dashed(dice)} took {dice.whole(1, 900)}ms"


def _access(dice: Dice) -> str:
    path = f"/{dice.pick(_PARTS)}/{dice.whole(1, 99999)}?v={dice.text(8, _HEX)}"
    who = f"10.20.{dice.whole(0, 40)}.{dice.whole(1, 254)}"
    when = f"02/Mar/2026:09:{dice.whole(10, 59)}:00 +0800"
    return f'{who} - - [{when}] "GET {path} HTTP/1.1" 200 {dice.whole(100, 90000)}'


def _program(dice: Dice) -> str:
    forms = (
        f"    {dice.pick(_PARTS)}.{dice.pick(_VERBS)}({dice.whole(0, 4096)})",
        f"def {dice.pick(_VERBS)}_{dice.pick(_PARTS)}(count: int = {dice.whole(1, 64)}) -> None:",
        f"const {dice.pick(_PARTS)} = await {dice.pick(_VERBS)}('{dice.text(6, _HEX)}');",
        f"// {dice.pick(_VERBS)} the {dice.pick(_PARTS)} before it is {dice.pick(_VERBS)}ed",
        f"#define {dice.pick(_PARTS).upper()}_MASK 0x{dice.text(16, _HEX)}ULL",
    )
    return dice.pick(forms)


def _measurement(dice: Dice) -> str:
    values = ",".join(f"{dice.between(-40, 900):.6f}" for _ in range(6))
    return f"{dice.whole(1_760_000_000_000, 1_790_000_000_000)},{dice.whole(1, 500)},{values}"


_GOODS = (
    "离心泵",
    "断路器",
    "电力电缆",
    "镀锌钢管",
    "配电箱",
    "LED灯具",
    "消防水带",
    "球阀",
    "复印纸",
)


def _catalogue(dice: Dice) -> str:
    code = f"{dice.pick(('DZ47', 'YJV', 'KXG', 'BV', 'HRB'))}-{dice.digits(3)}/{dice.digits(2)}"
    price = f"{dice.whole(1, 900)}\t{dice.between(1, 9000):.2f}"
    return f"{dice.digits(6)}\t{dice.pick(_GOODS)}\t{code}\t{price}"


_LINES = (
    "海上生明月，天涯共此时", "窗前的石榴又开了花", "火车穿过长长的隧道", "老人把鱼竿收进竹篓",
    "雪落在屋顶上没有声音", "渡口的灯一盏一盏亮起来", "孩子们在操场上追一只风筝",
)  # fmt: skip


def _verse(dice: Dice) -> str:
    return f"　　{dice.pick(_LINES)}，{dice.pick(_LINES)}。"


LINES: dict[str, Callable[[Dice], str]] = {
    "application": _application,
    "access": _access,
    "program": _program,
    "measurement": _measurement,
    "catalogue": _catalogue,
    "verse": _verse,
}
"""Writers of one line, by style."""


def texts(style: str, count: int, seed: str = "1") -> Iterator[str]:
    """Write lines of one style, each ended by a line feed."""
    dice = Dice(f"{seed}/clean/{style}")
    write = LINES[style]
    return (write(dice) + "\n" for _ in range(count))
