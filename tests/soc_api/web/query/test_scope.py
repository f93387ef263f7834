import pathlib
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from situation.state.store import StateStore, open_state_store
from situation.state.tables import (
    Account,
    Attachment,
    Delivery,
    Extension,
    Feedback,
    Notice,
    RectificationItem,
)
from soc_api.permission import DEPARTMENT
from soc_api.web.query.scope import SHOWN, Scope
from tests.soc_api.web.worlds import World, build

PARTS = (Feedback, Attachment, Extension, RectificationItem)
UNSEEN = ("draft", "triage", "graded", "sign_off", "dismissed")
KEYS = {
    Notice: "notice_id",
    Attachment: "attachment_id",
    Extension: "extension_id",
    RectificationItem: "item_id",
    Delivery: "delivery_id",
}


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StateStore]:
    store = open_state_store(f"sqlite:///{tmp_path_factory.mktemp('scope')}/state.db")
    yield store
    store.close()


@pytest.fixture(scope="module")
def worlds(state: StateStore) -> tuple[World, World]:
    return build(state, "MarkOwn7Kq"), build(state, "MarkFar3Zx")


def _scope(department: str | None, role: str = DEPARTMENT) -> Scope:
    return Scope(Account(name="liu", role=role, department=department))


def test_a_department_sees_its_issued_notice_alone(
    state: StateStore, worlds: tuple[World, World]
) -> None:
    own, _ = worlds
    with state.reading() as session:
        seen = session.scalars(_scope(own.department).notices(sa.select(Notice.id))).all()
        told = session.scalars(_scope(own.department).deliveries(sa.select(Delivery.id))).all()
    assert seen == [own.ids["notice_id"]]
    names = ("delivery-id", "told-id")
    assert set(told) == {
        f"{own.draft_mark}-delivery-id",
        *(f"{own.mark}-{name}" for name in names),
    }


@pytest.mark.parametrize("table", KEYS)
def test_a_row_is_found_by_its_own_department_alone(
    state: StateStore, worlds: tuple[World, World], table: type[Notice]
) -> None:
    own, foreign = worlds
    key = own.ids[KEYS[table]]
    with state.reading() as session:
        assert _scope(own.department).get(session, table, key) is not None
        for other in (foreign.department, None, "", own.department + " ", own.department[:-1]):
            assert _scope(other).get(session, table, key) is None


@pytest.mark.parametrize("table", PARTS)
def test_parts_are_those_of_a_notice_that_may_be_seen(
    state: StateStore, worlds: tuple[World, World], table: type[Feedback]
) -> None:
    own, foreign = worlds
    notice = str(own.ids["notice_id"])
    with state.reading() as session:
        assert len(_scope(own.department).parts(session, table, notice)) == 1
        assert _scope(foreign.department).parts(session, table, notice) == []
        assert _scope(own.department).parts(session, table, own.draft_id) == []


def test_the_city_s_people_see_everything(state: StateStore, worlds: tuple[World, World]) -> None:
    with state.reading() as session:
        seen = session.scalars(_scope(None, "analyst").notices(sa.select(Notice.id))).all()
    assert {world.draft_id for world in worlds} < set(seen)


@pytest.mark.parametrize("status", [*SHOWN, *UNSEEN])
def test_a_notice_is_seen_from_its_issue_on(tmp_path: pathlib.Path, status: str) -> None:
    store = open_state_store(f"sqlite:///{tmp_path}/state.db")
    world = build(store, "MarkOwn7Kq")
    with store.transaction() as session:
        session.execute(sa.update(Notice).values(status=status))
        seen = session.scalars(_scope(world.department).notices(sa.select(Notice.id))).all()
    assert bool(seen) == (status in SHOWN)
    store.close()


def test_every_state_of_the_machine_is_either_shown_or_not_yet_issued() -> None:
    from playbooks.notice.machine import NOTICE  # noqa: PLC0415 - for this test alone

    assert NOTICE.states == {*SHOWN, *UNSEEN}
