import gzip
import re

import httpx
import pytest

from soc_api.web.visit import HERE

STATIC = HERE / "static"
MADE = (
    "h0",
    "h1",
    "h2",
    "h3",
    "h4",
    "rail--",
    "diff__",
    "sev--",
    "g-",
    "st--",
    "clock--",
    "left--",
    "meter--",
    "grade--",
)
"""Classes whose last part is put together from a code."""
STYLE = (STATIC / "console.css").read_text()
TOKENS = STYLE[: STYLE.index("/* ---------- 2 base")]


def _tokens(selector: str) -> dict[str, str]:
    start = TOKENS.index(selector)
    block = TOKENS[TOKENS.index("{", start) + 1 : TOKENS.index("}", start)]
    return dict(re.findall(r"(--[\w-]+):\s*(#[0-9A-F]{6})", block))


LIGHT = _tokens(":root {")
DARK = LIGHT | _tokens(':root[data-theme="dark"] {')
AUTO = LIGHT | _tokens(':root[data-theme="auto"] {')


def _luminance(colour: str) -> float:
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, other: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _zipped(*paths: str) -> int:
    return len(gzip.compress("".join((STATIC / path).read_text() for path in paths).encode()))


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("ground", ["--surface", "--bg"])
def test_text_and_marks_have_the_contrast_of_wcag(theme: dict[str, str], ground: str) -> None:
    for text in ("--ink", "--ink-2", "--ink-3", "--act", "--soon", "--late", "--sev-4", "--sev-3"):
        assert _contrast(theme[text], theme[ground]) >= 4.5, text
    for mark in ("--edge", "--sev-2", "--sev-1"):
        assert _contrast(theme[mark], theme[ground]) >= 3, mark
    assert _contrast(theme["--on-act"], theme["--act"]) >= 4.5


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_words_on_coloured_grounds_can_be_read(theme: dict[str, str]) -> None:
    for text, ground in (
        ("--soon", "--soon-soft"),
        ("--late", "--late-soft"),
        ("--ink", "--act-soft"),
        ("--ink-2", "--sunken"),
        ("--on-plan-dark", "--plan-1"),
        ("--on-plan-light", "--plan-2"),
        ("--on-plan-light", "--plan-3"),
        ("--on-plan-dark", "--plan-4"),
    ):
        assert _contrast(theme[text], theme[ground]) >= 4.5, (text, ground)


def test_the_system_s_dark_theme_is_the_dark_theme() -> None:
    assert AUTO == DARK
    assert DARK != LIGHT


def test_no_colour_stands_outside_the_tokens() -> None:
    rest = STYLE[len(TOKENS) : STYLE.index("@media print")]
    assert not re.findall(r"#[0-9A-Fa-f]{3,8}\b", rest)


def test_every_class_of_the_style_sheet_is_used() -> None:
    sources = [*(HERE / "templates").rglob("*.html"), *STATIC.glob("*.js")]
    used = "\n".join(path.read_text() for path in sources)
    rules = re.sub(r"/\*.*?\*/", "", STYLE, flags=re.DOTALL)
    classes = set(re.findall(r"\.([a-zA-Z][\w-]*)", rules))
    assert not {name for name in classes if name not in used and not name.startswith(MADE)}


def test_style_and_modules_keep_their_budget() -> None:
    assert _zipped("console.css") <= 12_000
    assert _zipped("console.js", "clock.js", "keys.js", "list.js", "playbook.js") <= 25_000


def test_a_list_page_keeps_its_budget(client: httpx.Client) -> None:
    assert len(gzip.compress(client.get("/alerts").content)) <= 20_000


@pytest.mark.parametrize("name", sorted(path.name for path in STATIC.glob("*.js")))
def test_modules_make_no_markup_and_ask_no_other_origin(name: str) -> None:
    source = (STATIC / name).read_text()
    assert not re.search(r"innerHTML|outerHTML|insertAdjacent|eval\(|\.write\(|https?:", source)
