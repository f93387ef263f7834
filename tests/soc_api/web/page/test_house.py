"""The pages of the house itself: the plan with its sources, the outbox, the audit."""

from collections.abc import Iterator

import httpx
import pytest
import sqlalchemy as sa

from situation.state.tables import AuditLine, Delivery
from soc_api.accounts import add_account
from tests.soc_api.web.city import NOW, plan
from tests.soc_api.web.department import HOUSING, add_people, issued
from tests.soc_api.web.server import PASSWORD, Served, form_token, log_in


@pytest.fixture
def lead(desk: Served) -> Iterator[httpx.Client]:
    add_people(desk.state)
    with desk.logged_in() as client:
        yield client


def test_the_plan_shows_each_rule_with_clause_and_check(lead: httpx.Client) -> None:
    page = lead.get("/plan").text
    rows = [row for _, row in plan().sourced()]
    assert page.count("<tr>") >= len(rows)
    assert page.count("已核对") == sum(row.verified for row in rows)
    assert "≥ 1,000,000 人" in page


def test_the_rules_that_nobody_checked_can_be_seen_alone(lead: httpx.Client) -> None:
    page = lead.get("/plan?unverified=true").text
    assert ">已核对<" not in page
    assert "待核对" in page


def test_the_rules_of_one_instrument_stand_alone(lead: httpx.Client) -> None:
    page = lead.get("/plan?instrument=reporting_2025").text
    assert "T-OTH-1" in page
    assert "T-CITY" not in page


def test_the_outbox_shows_what_a_notice_sent_and_sends_dead_ones_again(
    lead: httpx.Client, desk: Served
) -> None:
    issued(desk.state)
    page = lead.get("/outbox").text
    assert HOUSING in page
    with desk.state.transaction() as session:
        row = session.scalars(sa.select(Delivery).limit(1)).one()
        row.state, row.dead_at, row.last_error = "dead", row.created_at, "<refused>"
        key = row.id
    page = lead.get("/outbox?state=dead").text
    assert "&lt;refused&gt;" in page
    data = {"form_token": form_token(page), "delivery": key}
    assert lead.post("/outbox/redrive", data=data).status_code == 303
    with desk.state.reading() as session:
        assert session.get_one(Delivery, key).state == "pending"


def test_the_audit_is_for_who_may_see_it_and_asks_by_person_and_object(
    lead: httpx.Client, desk: Served
) -> None:
    key = issued(desk.state)
    assert lead.get("/audit").status_code == 403
    with desk.state.reading() as session:
        count = len(session.scalars(sa.select(AuditLine)).all())
    with desk.state.transaction() as session:
        add_account(
            session, NOW, name="shen", display_name="审计 沈", password=PASSWORD, role="auditor"
        )
    with desk.browser() as client:
        log_in(client, name="shen")
        page = client.get("/audit").text
        assert f"{count + 2} 条" in page
        page = client.get(f"/audit?about={key}").text
        assert "签发通报" in page
        assert "account" not in page.split("<tbody>")[1]
        assert "wang" not in client.get("/audit?actor=chen").text.split("<tbody>")[1]
