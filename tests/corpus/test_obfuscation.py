"""Six ways to hide a value: each can be undone, and none shows the value as it was."""

import base64
import io
import unicodedata
import zipfile

import docx
import pytest

from corpus import obfuscation

VALUE = "13800138000"


def test_full_width_signs_fold_back() -> None:
    assert unicodedata.normalize("NFKC", obfuscation.full_width(VALUE)) == VALUE
    assert VALUE not in obfuscation.full_width(VALUE)


@pytest.mark.parametrize(
    ("value", "written"), [(VALUE, "138 0013 8000"), ("1" * 18, "111111 11111111 1111")]
)
def test_digits_are_grouped_as_people_do(value: str, written: str) -> None:
    assert obfuscation.spaced(value) == written


def test_signs_without_width_can_be_dropped() -> None:
    hidden = obfuscation.zero_width(VALUE)
    assert VALUE not in hidden
    assert "".join(sign for sign in hidden if unicodedata.category(sign) != "Cf") == VALUE


def test_base64_decodes() -> None:
    assert base64.b64decode(obfuscation.base64_text(VALUE * 20)).decode() == VALUE * 20


def test_split_runs_join_again() -> None:
    (paragraph,) = docx.Document(io.BytesIO(obfuscation.split_runs(VALUE))).paragraphs
    assert paragraph.text == f"{VALUE}★"
    assert max(len(run.text) for run in paragraph.runs) <= 2


def test_nested_archives_lead_to_the_file() -> None:
    data = obfuscation.nested_zip("a.txt", b"inside")
    for _ in range(3):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            (name,) = archive.namelist()
            data = archive.read(name)
    assert data == b"inside"


@pytest.mark.parametrize("encoding", obfuscation.ENCODINGS)
def test_a_text_decodes_from_each_encoding(encoding: str) -> None:
    data = obfuscation.encoded("身份证号", encoding)
    codec = "utf-16" if encoding.startswith("utf-16") else encoding
    assert data.decode(codec) == "身份证号"
