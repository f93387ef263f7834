import base64

from hypothesis import given
from hypothesis import strategies as st

from detect.classified.finds.encoded import decoded, stands_in, unescaped

ID = "440301199003070019"


def coded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def test_text_in_base64_is_found_with_its_place() -> None:
    assert list(decoded(f"data={coded('身份证' + ID)};")) == [(5, f"身份证{ID}")]
    assert list(decoded(coded(ID))) == [(0, ID)]


def test_lines_of_a_mail_are_one_run() -> None:
    text = f"{ID}，" * 20
    assert list(decoded(base64.encodebytes(text.encode()).decode())) == [(0, text)]


def test_the_alphabet_for_addresses_is_read_as_well() -> None:
    text = "邮箱??>>~~地址"
    urlsafe = base64.urlsafe_b64encode(text.encode()).decode()
    assert [inner for _, inner in decoded(urlsafe)] == [text]


def test_digests_words_and_pictures_are_no_text() -> None:
    picture = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(range(200))).decode()
    for text in ("d41d8cd98f00b204e9800998ecf8427e", "abcdefghijklmnopqrstuvwxyz", picture):
        assert list(decoded(text)) == []


def test_escapes_of_an_address_are_taken_out() -> None:
    text = f"GET /q?body=%7B%22idNo%22%3A%22{ID}%22%7D&size=20 HTTP"
    ((start, word, inner),) = unescaped(text)
    assert (start, inner) == (4, f'/q?body={{"idNo":"{ID}"}}&size=20')
    assert not stands_in(ID, word)
    assert list(unescaped("增长5%，100% sure of /q?size=20")) == []


def test_what_can_be_seen_without_is_not_told_again() -> None:
    assert stands_in(ID, f"idNo={ID}&name=%E7%8E%8B")


@given(st.text(st.sampled_from("abcdefABCDEF0123456789+/=\n-_ "), max_size=300))
def test_nothing_breaks_it(text: str) -> None:
    assert all(inner for _, inner in decoded(text))
