"""What messages say: no sensitive detail, cut between characters, nothing smuggled in."""

import datetime as dt
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbooks.outbox.channels.mail import letter_of
from playbooks.outbox.channels.sms import short_text
from playbooks.outbox.channels.webhook import BODY_OCTETS, body_of
from playbooks.outbox.message import Message, cut, message_of, text_of
from situation.state.tables import Delivery
from tests.playbooks.outbox.post import DAY, DEPARTMENT, NOW, payload


def delivery(serial: int = 1, said: dict[str, object] | None = None) -> Delivery:
    return Delivery(
        id=f"{serial:032x}",
        drill_id=None,
        object_kind="notice",
        object_id=f"n{serial}",
        occasion="issue",
        recipient=DEPARTMENT,
        channel="wecom",
        address="",
        payload=said or payload(f"示网应通〔2026〕第{serial:03d}号"),
        urgent=False,
        next_try_at=NOW,
        give_up_at=NOW + DAY,
        created_at=NOW + dt.timedelta(seconds=serial),
    )


def message(*others: Delivery, **changed: object) -> Message:
    said = {**payload(), **changed} if changed else None
    return message_of(delivery(said=said), others, "https://soc.example")


def test_a_robot_says_number_kind_grade_department_deadline_and_link() -> None:
    said = text_of(message(), 2048)
    assert said.splitlines() == [
        "事件通报 示网应通〔2026〕第001号 请登录门户签收",
        "编号 No.：示网应通〔2026〕第001号",
        "类型 Kind：事件通报 Incident notice",
        "级别 Level：Ⅲ级",
        f"单位 Department：{DEPARTMENT}",
        "期限 Due：2026-03-04 20:00",
        "办理 Open：https://soc.example/portal/notices/n1",
    ]
    assert "失陷" not in said


def test_a_drill_and_an_urgent_message_are_marked() -> None:
    one = delivery()
    one.drill_id, one.urgent = "d1", True
    assert message_of(one, (), "").subject.startswith("【演练】【紧急】事件通报")


def test_a_digest_lists_what_fits_and_counts_the_rest() -> None:
    full = message(*(delivery(number) for number in range(2, 31)))
    said = text_of(full, 2048)
    lines = said.splitlines()
    assert len(said.encode()) <= 2048
    listed = [line for line in lines if line.startswith("示网应通")]
    assert 5 < len(listed) < 30
    assert (
        lines[-1]
        == f"另有 {30 - len(listed)} 件，请登录门户 / {30 - len(listed)} more in the portal"
    )


@given(st.text(), st.integers(min_value=3, max_value=60))
def test_a_text_is_cut_by_octets_between_characters(text: str, octets: int) -> None:
    said = cut(text, octets)
    assert len(said.encode()) <= octets
    assert said == text or text.startswith(said[:-1])


def test_what_could_end_a_line_or_turn_the_text_round_is_dropped() -> None:
    said = message(department="局\r\nBcc: x@evil.example\u202e\ud800", kind_zh="1\n2")
    assert "\n" not in said.subject
    assert said.items[0].department == "局Bcc: x@evil.example"


WRITTEN: dict[str, object] = {"text_zh": "第一行\n\n第二行", "text_en": "first\r\nsecond"}


def test_what_was_written_keeps_its_lines_in_every_channel() -> None:
    said = message(**WRITTEN)
    assert text_of(said, 2048).splitlines()[-6:] == [
        "第一行", "", "第二行", "", "first", "second",
    ]  # fmt: skip
    letter = letter_of(said, "soc@city.example", "a@edu.example", NOW)
    plain, html = (letter.get_body((kind,)) for kind in ("plain", "html"))
    assert plain is not None
    assert html is not None
    assert "第一行\n\n第二行\n\nfirst\nsecond\n" in plain.get_content().replace("\r\n", "\n")
    assert "第一行\n\n第二行\n\nfirst\nsecond</p>" in html.get_content()
    (item,) = json.loads(body_of(said, NOW))["data"]["items"]
    assert (item["text_zh"], item["text_en"]) == ("第一行\n\n第二行", "first\nsecond")


def test_what_was_written_once_is_said_once() -> None:
    assert text_of(message(text_zh="同", text_en="同"), 2048).count("同") == 1


def test_what_was_written_smuggles_nothing_in_and_is_cut() -> None:
    (item,) = message(text_zh="甲\x00\u202e乙\ud800\u2028丙", text_en="x" * 3000).items
    assert item.text_zh == "甲乙\n丙"
    assert len(item.text_en) == 2001
    letter = letter_of(
        message(text_zh="<b>\n.\nBcc: x@evil.example"), "a@b.example", "c@d.example", NOW
    )
    html = letter.get_body(("html",))
    assert html is not None
    assert "&lt;b&gt;" in html.get_content()
    assert b"\nBcc:" not in letter.as_bytes()


def test_the_longest_text_fits_into_every_channel() -> None:
    said = message(text_zh="字" * 2000, text_en="字" * 1999)
    assert len(body_of(said, NOW)) < BODY_OCTETS
    assert len(text_of(said, 2048).encode()) <= 2048


def test_a_link_leads_into_the_console_alone() -> None:
    for link in ("https://evil.example/", "//evil.example/", "javascript:alert(1)"):
        assert message(link=link).items[0].link == ""


def test_a_payload_without_anything_still_makes_a_message() -> None:
    empty = delivery()
    empty.payload = {"level": "x", "due_at": "tomorrow", "number": None}
    assert text_of(message_of(empty, (), ""), 2048).strip() == "请登录门户签收"


@pytest.mark.parametrize(
    ("occasion", "asks"),
    [
        ("approve", "有行动待审批，请登录审批"),
        ("approve_half", "审批时限已过半，请登录审批"),
        ("approve_again", "逾期未批，另行报批，请登录审批"),
    ],
)
def test_who_has_to_decide_about_an_action_is_told_so(occasion: str, asks: str) -> None:
    one = delivery(said={})
    one.occasion = occasion
    assert message_of(one, (), "https://soc.example").items[0].asks_zh == asks


@given(
    st.dictionaries(
        st.sampled_from(sorted(payload() | WRITTEN)),
        st.one_of(st.text(), st.integers(), st.none(), st.lists(st.text(), max_size=2)),
    ),
    st.text(max_size=30),
)
def test_no_payload_whatever_it_holds_stops_a_worker(
    said: dict[str, object], occasion: str
) -> None:
    one = delivery(said=said)
    one.occasion = occasion
    made = message_of(one, (delivery(2, said),), "https://soc.example")
    assert len(text_of(made, 2048).encode()) <= 2048
    assert len(body_of(made, NOW)) < BODY_OCTETS
    assert len(short_text(made, 210).encode()) <= 210
    letter = letter_of(made, "soc@city.example", "a@edu.example", NOW).as_bytes()
    assert letter.count(b"\nMessage-ID:") == 1
    assert b"\nBcc:" not in letter
