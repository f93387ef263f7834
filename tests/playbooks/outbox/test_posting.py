"""Posting writes one delivery for each way to each contact, once an occasion."""

import sqlalchemy as sa

from playbooks.directory import contacts_of
from playbooks.outbox.posting import About, tell_by_mail, tell_channel, tell_desk
from situation.state.store import StateStore
from situation.state.tables import Delivery
from tests.playbooks.outbox.post import DAY, DEPARTMENT, NOW, add_contact, payload, post


def _about() -> About:
    return About(
        object_kind="playbook_run",
        object_id="R-1",
        occasion="message:s1",
        payload=payload(text_zh="第一行\n第二行"),
        drill_id=None,
        urgent=False,
        give_up_at=NOW + DAY,
        now=NOW,
    )


def _ways(deliveries: list[Delivery]) -> set[tuple[str, str, str]]:
    return {(one.recipient, one.channel, one.address) for one in deliveries}


def test_each_way_to_each_contact_of_the_roles_gets_a_delivery(either_state: StateStore) -> None:
    with either_state.transaction() as session:
        add_contact(session, mail="a@edu.example", phone="138-0000 0001", wecom="wang")
        add_contact(session, "李局长", role="head", mail="b@edu.example")
        add_contact(session, "赵值班", role="duty", phone="0000-2000100")
        told = post(session, roles=("liaison", "duty"))
    who = f"{DEPARTMENT}/王联络"
    assert _ways(told) == {
        (DEPARTMENT, "portal", ""),
        (who, "mail", "a@edu.example"),
        (who, "sms", "13800000001"),
        (who, "wecom", "wang"),
    }


def test_an_occasion_is_told_once_and_another_one_again(either_state: StateStore) -> None:
    with either_state.transaction() as session:
        add_contact(session, mail="a@edu.example")
        assert len(post(session)) == 2
        assert post(session) == []
    with either_state.transaction() as session:
        assert post(session) == []
        assert len(post(session, occasion="overdue:1")) == 2
        assert session.scalar(sa.select(sa.func.count()).select_from(Delivery)) == 4


def test_the_portal_shows_it_as_soon_as_it_is_committed(either_state: StateStore) -> None:
    with either_state.transaction() as session:
        told = post(session)
    assert [(one.channel, one.state, one.delivered_at) for one in told] == [
        ("portal", "delivered", NOW)
    ]


def test_the_rows_of_a_drill_hold_no_real_address(either_state: StateStore) -> None:
    with either_state.transaction() as session:
        add_contact(
            session, mail="a@edu.example", phone="13800000001", webhook="https://edu.example/"
        )
        told = post(session, drill_id="d1")
    assert {one.channel for one in told} == {"portal", "mail", "sms", "webhook"}
    assert {one.address for one in told} == {""}
    assert all(one.payload["drill"] is True for one in told)


def test_the_desk_is_told_by_its_own_contacts(either_state: StateStore) -> None:
    with either_state.transaction() as session:
        add_contact(session, mail="a@edu.example")
        add_contact(
            session, "市值班", department="示例市网信办", role="desk", mail="desk@city.example"
        )
        told = tell_desk(
            session,
            object_kind="notice",
            object_id="n1",
            occasion="overdue",
            payload=payload(),
            urgent=True,
            drill_id=None,
            give_up_at=NOW + DAY,
            now=NOW,
        )
    assert _ways(told) == {("示例市网信办/市值班", "mail", "desk@city.example")}


def test_a_mail_goes_to_those_with_an_address_and_by_no_other_way(either_state: StateStore) -> None:
    with either_state.transaction() as session:
        add_contact(session, "甲", mail="a@edu.example", phone="13800000000", wecom="zhang")
        add_contact(session, "乙", phone="13900000000")
        told = tell_by_mail(session, contacts_of(session, DEPARTMENT, ("liaison",)), _about())
        assert tell_by_mail(session, contacts_of(session, DEPARTMENT, ("liaison",)), _about()) == []
    assert [(one.channel, one.address) for one in told] == [("mail", "a@edu.example")]


def test_a_channel_is_told_once_and_knows_itself_where_it_leads(either_state: StateStore) -> None:
    with either_state.transaction() as session:
        (told,) = tell_channel(session, "siem", _about())
        assert tell_channel(session, "siem", _about()) == []
    assert (told.channel, told.recipient, told.address) == ("siem", "siem", "")
    assert (told.state, told.payload["text_zh"]) == ("pending", "第一行\n第二行")
