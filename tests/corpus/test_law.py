"""Law-like text speaks of secrecy as real laws do, and bears no mark."""

import re

from corpus import law

WORDS = re.compile("绝密|机密|秘密")
MARK = re.compile(r"[绝機机秘]\s*密\s*[★☆*＊●]")


def test_a_fifth_of_the_documents_speak_of_secrecy() -> None:
    texts = list(law.documents(1500))
    share = sum(bool(WORDS.search(text)) for text in texts) / len(texts)
    assert 0.12 <= share <= 0.28


def test_the_words_are_as_frequent_as_in_real_laws() -> None:
    text = "".join(law.characters(1_000_000))
    assert 60 <= len(WORDS.findall(text)) / (len(text) / 1e6) <= 400


def test_no_star_follows_a_level() -> None:
    assert not [text for text in law.documents(800) if MARK.search(text)]


def test_stars_stand_elsewhere_as_they_do_in_life() -> None:
    assert any("★" in text for text in law.documents(200))


def test_document_numbers_and_articles_are_there() -> None:
    text = "".join(law.documents(200))
    assert re.search(r"〔20\d\d〕\d+号", text)
    assert "第一百零一条" in text or "第二十一条" in text


def test_as_many_characters_come_as_were_asked_for() -> None:
    assert sum(map(len, law.characters(300_000))) >= 300_000


def test_the_same_seed_writes_the_same_text() -> None:
    assert list(law.documents(5, "3")) == list(law.documents(5, "3"))
    assert list(law.documents(5, "3")) != list(law.documents(5, "4"))


def test_numbers_are_written_as_articles_are_counted() -> None:
    written = [law.numeral(number) for number in (1, 10, 11, 20, 45, 100, 101, 110, 120, 999)]
    expected = "一 十 十一 二十 四十五 一百 一百零一 一百一十 一百二十 九百九十九"
    assert written == expected.split()


def test_phones_of_offices_stand_in_it_only_when_asked_for() -> None:
    assert not [text for text in law.documents(30) if "咨询电话" in text]
    assert all("咨询电话：" in text for text in law.documents(30, phones=True))
