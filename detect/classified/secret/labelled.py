"""Secrets behind a label: settings, code, command lines, and what people write to one another."""

import pathlib
import re
import string
import tomllib
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from detect.classified.recogniser import Candidate
from detect.classified.secret.found import candidate
from detect.classified.secret.label import HAN_PASSWORDS, HAN_TOKENS, kind_of, may_hold, words_of
from detect.classified.secret.noise import is_code, is_made_up, is_random
from detect.classified.secret.shape import Shaped
from detect.classified.secret.table import cells_below
from detect.classified.secret.words import WORDS

_QUOTED: Final = (
    r"(?:\"(?P<double>[^\"\n]{1,300})\"|'(?P<single>[^'\n]{1,300})'|`(?P<back>[^`\n]{1,300})`)"
)
_IS: Final = r"(?:统一|暂|仍|已?(?:改|设|设置|重置|换|更新|修改))?[为是成]"
_BARE: Final = r"(?P<bare>[^\s\"'`<>]{1,300})"
_LOOSE: Final = r"[^\s\"'`<>=:][^\s\"'`<>]{5,100}"

_SETTING: Final = re.compile(
    rf"[\"'\]]{{0,2}}[ \t]{{0,8}}(?P<op>:=|=>|=(?![=>])|:(?![:/=])|{_IS})[ \t]{{0,8}}"
    rf"(?:[@$bru]?{_QUOTED}|{_BARE})"
)
_ATTRIBUTE: Final = re.compile(rf"[\"']\s{{1,8}}(?:value|content)\s?=\s?(?P<op>){_QUOTED}")
_ELEMENT: Final = re.compile(r"[\"']?(?P<op>)(?:\s[^<>]{0,80})?>(?P<double>[^<>\s]{1,200})</")
_ARGUMENT: Final = re.compile(rf"[\"'](?P<op>)\s?,\s?[\"'](?P<loose>{_LOOSE})[\"']")
_CALL: Final = re.compile(rf"(?P<op>)\(\s?{_QUOTED}\s?\)")
_SETTER: Final = re.compile(
    r"(?:^|\.)(?:set_?|with_?)?(?:user_?|db_?)?(?:password|passwd|pwd|secret|token)$", re.IGNORECASE
)
"""Names of methods that are handed a secret alone; others compare it or look it up."""
_ENTRY: Final = re.compile(
    r"[\"']?,?\s{1,20}[\"']?value[\"']?\s?:[ \t]{1,4}(?P<op>)"
    r"(?:[\"'](?P<double>[^\"'\n]{1,300})[\"']|(?P<loose>[^\s\"'{}]{6,100}))"
)
"""The value of an entry that has its name in the line before: the environment of a container."""
_SPACED: Final = re.compile(rf"(?P<op>)[ \t]{{1,4}}(?P<loose>{_LOOSE})")
_TAILS: Final = (_SETTING, _ATTRIBUTE, _ELEMENT, _ARGUMENT, _CALL, _ENTRY, _SPACED)
"""What may follow a name in settings, programs, XML and commands: a sign and the value."""

_HAN_WORDS: Final = "|".join((*HAN_PASSWORDS, *HAN_TOKENS))
_HAN: Final = re.compile(
    rf"(?P<name>{_HAN_WORDS})(?:[(（][^)）\n]{{0,12}}[)）])?[\"'”」]?[ \t]{{0,4}}"
    rf"(?P<op>(?:{_IS})?[:=→]=?|{_IS}|[ \t]|(?=[!-~]))[ \t]{{0,4}}[\"'“「]?"
    r"(?P<han>[!#-&(-~]{4,100})"
)

_TRAIL: Final = re.compile(r"\)+:$|[,;)\]}.，。；、)）]+$|\\n.*$|</?\w.*$|\*\*$")
_QUERY: Final = re.compile("&.*$")
_KEY: Final = re.compile(r"[A-Za-z0-9+/=_.~\-]{16,512}")
_CLASSES: Final = tuple(map(re.compile, ("[a-z]", "[A-Z]", "[0-9]", "[^0-9A-Za-z]")))
_LEAST, _LEAST_LOOSE, _LEAST_SPACED, _LONG_WORD = 4, 6, 8, 14
_SURE, _LIKELY, _POSSIBLE = 0.8, 0.7, 0.6
_LONGEST_NAME: Final = 64
_NAME_SIGNS: Final = frozenset(string.ascii_letters + string.digits + "_.-")
_NAME_BEHIND: Final = re.compile(r"[\w.\-]{0,64}", re.ASCII)
_BETWEEN: Final = frozenset("\"'] \t\n(:=>,是为成统暂仍已改设重换更修")
"""What may stand right behind a name that has a value."""

CORES: Final[Mapping[str, tuple[str, ...]]] = {
    "password": ("pass", "pwd", "psw", "auth", "mima", "kouling"),
    "token": ("secret", "token", "key"),
    "cloud_key": ("secret", "key", "sk", "ak"),
}
"""Syllables of which one stands in every name of a kind, in lower case."""

_KEYED: Final = "|".join(sorted(WORDS["token_key"]))
_CLOUDS: Final = "|".join(sorted(WORDS["cloud"] | {"cloud"}))

HINTS: Final[Mapping[str, tuple[str, ...]]] = {
    "password": (
        "(?i)passw|passphrase|passcode|pwd|pswd|psw|mima|kouling|requirepass|masterauth",
        "(?i)[a-z_.-]pass[^a-z]|[_.-]auth[^a-z]",
        "密码|口令|授权码|暗号",
    ),
    "token": (
        "(?i)secret|token",
        f"(?i)(?:{_KEYED})[_.-]?key",
        "密钥|秘钥|令牌",
    ),
    "cloud_key": (
        "(?i)access[_.-]?key|secret",
        f"(?i)(?:{_CLOUDS})[_.-]?(?:sk|ak|key|id)",
        "(?i)[^a-z](?:sk|ak)[\"' \\t]{0,3}[:=]|^(?:sk|ak)[:=]",
    ),
}
"""Patterns of which one stands in every label of a kind; they wake it."""


class _Command(NamedTuple):
    """One row of commands.toml."""

    key: str
    kind: str
    pattern: re.Pattern[str]
    literals: tuple[str, ...]
    wake: str


def _commands() -> tuple[_Command, ...]:
    file = pathlib.Path(__file__).with_name("commands.toml")
    return tuple(
        _Command(
            key=row["key"],
            kind=row["kind"],
            pattern=re.compile(row["pattern"]),
            literals=tuple(row["literals"]),
            wake=row["wake"],
        )
        for row in tomllib.loads(file.read_text())["command"]
    )


COMMANDS: Final = _commands()
"""All commands."""


class Labelled:
    """Finds the secrets of one kind that stand behind a name, and those known by their shape."""

    def __init__(self, kind: str, group: int) -> None:
        self.kind = kind
        self.group = group
        self._han = HAN_PASSWORDS if kind == "password" else HAN_TOKENS if kind == "token" else ()
        self._commands = [command for command in COMMANDS if command.kind == kind]
        self._shaped = Shaped(kind, group)

    @property
    def wakes(self) -> tuple[str, ...]:
        """Patterns of which one stands beside every one of them."""
        commands = (command.wake for command in self._commands)
        return (*HINTS[self.kind], *commands, *self._shaped.wakes)

    def find(self, text: str) -> Iterator[Candidate]:
        """Yield the secrets of a text."""
        for name, tail in self._labels(text):
            if (secret := self._behind(name, tail)) is not None:
                yield secret
        lowered = _lowered(text)
        for command in self._commands:
            if any(literal in lowered for literal in command.literals):
                yield from self._handed_over(command, text)
        yield from self._shaped.find(text)
        if self.kind == "password":
            for cell in cells_below(text):
                span = cell.start, cell.end
                yield candidate(self.kind, span, _LIKELY, "table", cell.value)

    def fits(self, cell: str) -> Candidate | None:
        """Return the key that is known by its shape; a password by itself is known by nothing."""
        return self._shaped.fits(cell)

    def _labels(self, text: str) -> Iterator[tuple[str, re.Match[str]]]:
        """Yield the names that may be of the kind, each with what follows it."""
        for word in self._han:
            for at in _places(text, word):
                found = _HAN.match(text, at)
                # 账号/密码：a/b is a pair of both, which `login_pair` of the commands takes apart.
                if found and not (text[at - 1 : at] == "/" and "/" in found["han"]):
                    yield found["name"], found
        for end in self._ends(text):
            name = _name(text, end)
            if may_hold(name, self.kind):
                yield from ((name, found) for tail in _TAILS if (found := tail.match(text, end)))

    def _ends(self, text: str) -> set[int]:
        """Return the ends of the names in which a syllable of the kind stands."""
        lowered = _lowered(text)
        ends: set[int] = set()
        for core in CORES[self.kind]:
            for at in _places(lowered, core):
                behind = _NAME_BEHIND.match(text, at)
                if behind is not None and text[behind.end() : behind.end() + 1] in _BETWEEN:
                    ends.add(behind.end())
        return ends

    def _behind(self, name: str, found: re.Match[str]) -> Candidate | None:
        if found.re is _CALL and _SETTER.search(name) is None:
            return None
        group = found.lastgroup or "op"
        value = _value(found, group)
        if kind_of(name, value) != self.kind:
            return None
        confidence = _confidence(found, name, value)
        if not confidence or (self.kind != "password" and not _is_key(value)):
            return None
        start = found.start(group) + found[group].find(value)
        return candidate(self.kind, (start, start + len(value)), confidence, "label", value)

    def _handed_over(self, command: _Command, text: str) -> Iterator[Candidate]:
        for found in command.pattern.finditer(text):
            value = found["secret"]
            random = self.kind == "password" or (is_random(value) and not value.startswith("eyJ"))
            if random and not is_made_up(value) and not is_code(value):
                yield candidate(self.kind, found.span("secret"), _SURE, command.key, value)


def _lowered(text: str) -> str:
    # Of all letters this one alone grows when it is put in lower case.
    return text.replace("\u0130", "I").lower()


def _places(text: str, word: str) -> Iterator[int]:
    at = text.find(word)
    while at >= 0:
        yield at
        at = text.find(word, at + len(word))


def _name(text: str, end: int) -> str:
    start, floor = end, max(0, end - _LONGEST_NAME)
    while start > floor and text[start - 1] in _NAME_SIGNS:
        start -= 1
    name = text[start:end].lstrip(".-0123456789")
    # -Dname=value sets a property of the Java machine.
    return name[1:] if text.startswith("-D", start) else name


def _value(found: re.Match[str], group: str) -> str:
    value = found[group]
    if group not in {"bare", "loose", "han"}:
        return value.strip()
    return _TRAIL.sub("", _QUERY.sub("", value) if _in_query(found) else value)


def _in_query(found: re.Match[str]) -> bool:
    """Tell whether a name stands in the query of a URL, whose parts are divided by &."""
    line = found.string[max(0, found.start() - 2 * _LONGEST_NAME) : found.start()]
    return re.search(r"[?&][\w.\-]*$", line) is not None


def _is_key(value: str) -> bool:
    return _KEY.fullmatch(value) is not None and is_random(value) and not is_code(value)


def _confidence(found: re.Match[str], name: str, value: str) -> float:
    """Return how sure it is that a value behind a label is a secret; 0: it is none."""
    if len(value) < _LEAST or not value.isascii() or not value.isprintable() or " " in value:
        return 0.0
    if is_made_up(value):
        return 0.0
    group = found.lastgroup
    if group in {"double", "single", "back"}:
        return _SURE if not value.isalpha() or len(words_of(name)) > 1 else _POSSIBLE
    if is_code(value):
        return 0.0
    return _bare(found, name, value) if group == "bare" else _loose(found, value)


def _bare(found: re.Match[str], name: str, value: str) -> float:
    """Judge a value without quotes: in a file of settings it is one, in a program it is not."""
    if not value.isalpha():
        return _LIKELY if len(value) >= _LEAST_LOOSE or found["op"] == "=" else 0.0
    tight = found["op"] == "=" and found.string[found.end("op")] not in " \t"
    return _POSSIBLE if tight and len(words_of(name)) > 1 else 0.0


def _loose(found: re.Match[str], value: str) -> float:
    """Judge a value in a sentence: with a sign between it may be plain, else it must be mixed."""
    classes = sum(each.search(value) is not None for each in _CLASSES)
    if found["op"].strip():
        plain = len(value) >= (_LEAST_LOOSE if value.isdigit() else _LONG_WORD)
        return _LIKELY if classes > 1 or plain else 0.0
    least = _LEAST_SPACED if found.lastgroup == "loose" else _LEAST_LOOSE
    quoted = found.string[found.start(found.lastgroup or "op") - 1] in "\"'"
    told = quoted or found.lastgroup == "han"
    mixed = classes > 1 and _CLASSES[2].search(value) is not None
    mixed = mixed or (told and classes > 2)  # noqa: PLR2004 - without a digit more of the others
    return _POSSIBLE if mixed and len(value) >= least else 0.0
