import pytest

from playbooks.document.block import Language
from playbooks.document.pdf import pdf_of
from playbooks.document.template import NAMES
from playbooks.document.word import word_of
from tests.playbooks.document.golden import FOLDER, LANGUAGES, document_of, path_of
from tests.playbooks.document.reading import body_of_pdf, lines_of_word, squeezed

CASES = [(name, language) for name in NAMES for language in LANGUAGES]


def golden(name: str, language: Language) -> list[str]:
    return path_of(name, language).read_text(encoding="utf-8").splitlines()


def pieces(line: str) -> list[str]:
    return [piece.strip() for piece in line.replace(" / ", " | ").split("|")]


def test_every_document_has_its_text_in_both_languages() -> None:
    assert {path.name for path in FOLDER.iterdir()} == {
        path_of(name, language).name for name, language in CASES
    }


@pytest.mark.parametrize(("name", "language"), CASES)
def test_a_word_file_says_what_it_should(name: str, language: Language) -> None:
    assert lines_of_word(word_of(document_of(name, language))) == golden(name, language)


@pytest.mark.parametrize(("name", "language"), CASES)
def test_a_pdf_says_the_same_in_the_same_order(name: str, language: Language) -> None:
    document = document_of(name, language)
    text, place = body_of_pdf(pdf_of(document), document), 0
    for line in golden(name, language):
        for piece in pieces(line):
            found = text.find(squeezed(piece), place)
            assert found >= 0, (piece, text[place : place + 200])
            place = found + len(squeezed(piece))


@pytest.mark.parametrize("name", NAMES)
def test_an_english_document_has_no_chinese_words_of_ours(name: str) -> None:
    # What a person wrote stays in his language: each such text stands in the Chinese one too.
    chinese = "".join(golden(name, "zh"))
    for line in golden(name, "en"):
        for piece in pieces(line):
            words = "".join(each if each >= "\u3400" else " " for each in piece).split()
            assert all(word in chinese for word in words), piece
