"""The same rows, written otherwise: read from a file they give the same verdict."""

import io

import pytest

from corpus.dice import Dice
from corpus.labelled import MAKERS
from corpus.obfuscation import ENCODINGS, TEXTS, base64_text, nested_zip
from detect.classified.scanner import Scanner, scan
from sensors.content.limits import limits_of
from sensors.content.reading import read
from situation.content.verdict import Verdict
from situation.scan_settings import ScanSettings
from tests.detect.classified.reading import ruleset
from tests.detect.classified.scanning import KEY, counts

CODECS = {"utf-16-le-bom": "utf-16", "utf-16-be-bom": "utf-16-be"}


def verdict_of(data: bytes, name: str) -> Verdict:
    pieces = read(io.BytesIO(data), name, limits_of(ScanSettings()))
    return scan(Scanner(ruleset(), KEY, name), pieces)


def people(number: int) -> list[tuple[str, str]]:
    dice = Dice("metamorphic")
    return [(MAKERS["resident_id"](dice), MAKERS["mobile"](dice)) for _ in range(number)]


PEOPLE = people(40)
TEXT = "".join(f"身份证号：{number}，手机：{phone}。\n" for number, phone in PEOPLE)
CSV = "身份证号,手机\n" + "".join(f"{number},{phone}\n" for number, phone in PEOPLE)


def told(verdict: Verdict) -> tuple[int, int, int]:
    found = counts(verdict)
    return found["resident_id"], found["mobile"], verdict.persons


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize(("text", "name"), [(TEXT, "a.txt"), (CSV, "a.csv")])
def test_in_any_encoding(encoding: str, text: str, name: str) -> None:
    mark = "\ufeff" if encoding.endswith("be-bom") else ""
    data = (mark + text).encode(CODECS.get(encoding, encoding))
    assert told(verdict_of(data, name)) == (40, 40, 40)


@pytest.mark.parametrize("way", sorted(TEXTS))
def test_however_the_digits_are_disguised(way: str) -> None:
    disguised = "".join(
        f"身份证号：{TEXTS[way](number)}，手机：{TEXTS[way](phone)}。\n" for number, phone in PEOPLE
    )
    assert told(verdict_of(disguised.encode(), "a.txt")) == (40, 40, 40)


def test_within_archives_and_base64() -> None:
    assert told(verdict_of(nested_zip("a.txt", TEXT.encode()), "a.zip")) == (40, 40, 40)
    assert told(verdict_of(base64_text(TEXT), "a.txt")) == (40, 40, 40)
