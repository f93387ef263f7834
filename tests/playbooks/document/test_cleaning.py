import io

import docx
import pytest

from playbooks.document.cleaning import clean
from tests.playbooks.document.corpus import ACTING, UNSEEN, WRITTEN_ELSEWHERE


def test_what_is_unseen_becomes_visible() -> None:
    assert clean("NUL\x00") == "NUL⟨U+0000⟩"
    assert clean("photo\u202egpj.exe") == "photo⟨U+202E⟩gpj.exe"
    assert clean("\ud800\uffff\ufeff") == "⟨U+D800⟩⟨U+FFFF⟩⟨U+FEFF⟩"


def test_every_kind_of_line_break_is_one() -> None:
    assert clean("a\r\nb\rc\x0bd\x0ce\x85f\u2028g\u2029h\ni") == "a\nb\nc\nd\ne\nf\ng\nh\ni"
    assert clean("a\tb") == "a b"


@pytest.mark.parametrize("text", [*ACTING, *WRITTEN_ELSEWHERE])
def test_visible_text_stays_as_it_is(text: str) -> None:
    assert clean(text) == text


@pytest.mark.parametrize("text", UNSEEN)
def test_cleaning_again_changes_nothing(text: str) -> None:
    assert clean(clean(text)) == clean(text)


def test_whatever_is_left_fits_into_xml_and_utf_8() -> None:
    everything = "".join(map(chr, range(0x11_0000)))
    file = docx.Document()
    file.add_paragraph(clean(everything))
    file.save(io.BytesIO())
    assert clean(everything).encode()
