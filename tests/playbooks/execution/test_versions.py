"""Versions: written, laid before a second person, published, kept as they are, put out of use."""

import pytest
import sqlalchemy as sa

from playbooks.cacao.playbook import digest_of
from playbooks.execution.versions import (
    faults_in,
    install_shipped,
    published,
    retire,
    review,
    save_draft,
    submit,
    version_of,
)
from playbooks.machine import Refusal
from playbooks.person import SYSTEM, Person
from situation.faults import Conflict, Malformed
from situation.state.columns import JsonObject
from situation.state.store import StateStore
from situation.state.tables import PlaybookVersion
from tests.playbooks.at_once import THREADS, together
from tests.playbooks.execution.written import (
    ADMINISTRATOR,
    HOUSE,
    LEAD,
    SECOND,
    WRITER,
    installed,
    written,
)
from tests.playbooks.incident.case import actions, every, the
from tests.playbooks.intrusion import NOW

OLD, NEW = written(version=1), written(version=2)
UNREADY = written(
    "unready",
    steps="""
  - step: say
    name: {zh: 不存在, en: no such action}
    action: send_pigeon
    with: {}
""",
)


def draft(state: StateStore, document: JsonObject = OLD, by: Person = WRITER) -> PlaybookVersion:
    with state.transaction() as session:
        return save_draft(session, document, source="form", by=by, now=NOW)


def laid(state: StateStore, version: PlaybookVersion, by: Person = WRITER) -> PlaybookVersion:
    seen = the(state, PlaybookVersion, version.id).version
    with state.transaction() as session:
        return submit(session, HOUSE, version.id, by=by, expected_version=seen, now=NOW)


def reviewed(
    state: StateStore,
    version: PlaybookVersion,
    by: Person = LEAD,
    *,
    approve: bool = True,
    remark: str = "",
) -> PlaybookVersion:
    seen = the(state, PlaybookVersion, version.id).version
    with state.transaction() as session:
        return review(
            session,
            HOUSE,
            version.id,
            approve=approve,
            remark=remark,
            by=by,
            expected_version=seen,
            now=NOW,
        )


def put_away(
    state: StateStore, version: PlaybookVersion, by: Person = LEAD, reason: str = "不再适用"
) -> PlaybookVersion:
    seen = the(state, PlaybookVersion, version.id).version
    with state.transaction() as session:
        return retire(session, version.id, reason=reason, by=by, expected_version=seen, now=NOW)


def public(state: StateStore, document: JsonObject = OLD, by: Person = WRITER) -> PlaybookVersion:
    return reviewed(state, laid(state, draft(state, document, by), by))


def states(state: StateStore) -> list[str]:
    return [row.state for row in every(state, PlaybookVersion)]


def test_a_playbook_is_published_by_a_second_person(either_state: StateStore) -> None:
    version = public(either_state)
    assert (version.state, version.written_by, version.reviewed_by) == ("published", "lin", "wang")
    assert version.sha256 == digest_of(OLD)
    assert actions(either_state) == ["playbook.draft", "playbook.submit", "playbook.publish"]
    with either_state.reading() as session:
        by_key, by_id = published(session, "look-into-it"), published(session, str(OLD["id"]))
        assert by_key is by_id
        assert version_of(session, version.id).document == OLD


@pytest.mark.parametrize("by", [Person("lin", "duty_lead"), Person("lin", "administrator")])
def test_who_wrote_it_cannot_publish_it(either_state: StateStore, by: Person) -> None:
    version = laid(either_state, draft(either_state))
    with pytest.raises(Refusal) as refusal:
        reviewed(either_state, version, by)
    assert refusal.value.code == "same_person"


def test_who_submitted_what_another_wrote_cannot_publish_it(either_state: StateStore) -> None:
    version = laid(either_state, draft(either_state), LEAD)
    with pytest.raises(Refusal) as refusal:
        reviewed(either_state, version, LEAD)
    assert refusal.value.code == "same_person"
    assert reviewed(either_state, version, SECOND).state == "published"


def test_an_analyst_publishes_nothing(either_state: StateStore) -> None:
    version = laid(either_state, draft(either_state))
    with pytest.raises(Refusal) as refusal:
        reviewed(either_state, version, Person("he", "analyst"))
    assert refusal.value.code == "role"


def test_a_refusal_needs_a_reason_and_ends_the_version(either_state: StateStore) -> None:
    version = laid(either_state, draft(either_state))
    with pytest.raises(Refusal) as refusal:
        reviewed(either_state, version, approve=False)
    assert refusal.value.code == "reason_missing"
    assert reviewed(either_state, version, approve=False, remark="缺少条款").state == "refused"


def test_a_newer_version_takes_the_place_of_the_older_one(either_state: StateStore) -> None:
    old, new = public(either_state), public(either_state, NEW)
    assert (old.number, new.number) == (1, 2)
    assert states(either_state) == ["retired", "published"]
    with either_state.reading() as session:
        found = published(session, "look-into-it")
    assert found is not None
    assert found.number == 2


def test_an_own_draft_is_overwritten_and_another_persons_is_not(either_state: StateStore) -> None:
    first = draft(either_state)
    assert draft(either_state, NEW).id == first.id
    assert draft(either_state, OLD, LEAD).id != first.id
    assert [row.number for row in every(either_state, PlaybookVersion)] == [1, 2]


def test_what_is_no_playbook_is_no_draft(either_state: StateStore) -> None:
    with pytest.raises(Malformed):
        draft(either_state, {"type": "playbook"})


def test_people_of_departments_write_nothing(either_state: StateStore) -> None:
    with pytest.raises(Refusal) as refusal:
        draft(either_state, by=Person("liu", "department", "示例市教育局"))
    assert refusal.value.code == "city_only"


def test_what_could_not_run_is_not_laid_before_anybody(either_state: StateStore) -> None:
    version = draft(either_state, UNREADY)
    with either_state.reading() as session:
        faults = faults_in(session, HOUSE, version)
    assert any("send_pigeon" in fault for fault in faults)
    with pytest.raises(Refusal, match="send_pigeon") as refusal:
        laid(either_state, version)
    assert refusal.value.code == "not_ready"
    assert states(either_state) == ["draft"]


def _calling(key: str, other: str, *, more: str = "", variables: str = "") -> JsonObject:
    """Return a playbook whose one step is another one."""
    step = f"""
  - step: below
    name: {{zh: 转另一剧本, en: Go on with another}}
    playbook: {other}
"""
    return written(key, steps=step, more=more, variables=variables)


def test_playbooks_that_call_one_another_in_a_circle_are_not_published(
    either_state: StateStore,
) -> None:
    installed(either_state, written("last"), _calling("second", "last"))
    installed(either_state, _calling("first", "second"))
    version = draft(either_state, _calling("last", "first"))
    with either_state.reading() as session:
        faults = faults_in(session, HOUSE, version)
    assert len(faults) == 1
    assert faults[0].endswith("first calls this playbook in turn")


@pytest.mark.parametrize(
    ("more", "its", "said"),
    [
        ("    with: [far]\n", "near: ip-addr", "below has no variable __far__"),
        ("    out: [far]\n", "near: ip-addr", "below has no variable __far__"),
        ("    with: [far]\n", "far: integer", "__far__ is ip-addr, not integer as it has to be"),
        ("    out: [far]\n", "far: {type: bool, value: true}", "__far__ is bool, not ip-addr"),
        (
            "    with: [far]\n",
            "far: {type: ip-addr, value: 198.51.100.1, constant: true}",
            "__far__ never changes in below",
        ),
    ],
)
def test_what_a_playbook_gives_and_takes_has_to_fit_the_one_below(
    either_state: StateStore, more: str, its: str, said: str
) -> None:
    installed(either_state, written("below", variables=its))
    own = "far: {type: ip-addr, value: 198.51.100.23}"
    version = draft(either_state, _calling("above", "below", more=more, variables=own))
    with either_state.reading() as session:
        (fault,) = faults_in(session, HOUSE, version)
    assert said in fault


def test_a_short_name_belongs_to_one_playbook(either_state: StateStore) -> None:
    draft(either_state)
    other = {**OLD, "id": "playbook--3f9a1d52-6a35-4a2b-8f0e-0f5d6f3b7c11"}
    with pytest.raises(Refusal) as refusal:
        draft(either_state, other)
    assert refusal.value.code == "key_taken"


def test_a_version_is_put_out_of_use_with_a_reason(either_state: StateStore) -> None:
    version = public(either_state)
    with pytest.raises(Refusal) as without:
        put_away(either_state, version, reason=" ")
    with pytest.raises(Refusal) as analyst:
        put_away(either_state, version, WRITER)
    assert (without.value.code, analyst.value.code) == ("reason_missing", "role")
    assert put_away(either_state, version).remark == "不再适用"
    with either_state.reading() as session:
        assert published(session, "look-into-it") is None


def test_a_writer_throws_the_own_draft_away(either_state: StateStore) -> None:
    assert put_away(either_state, draft(either_state), WRITER).state == "retired"


def test_somebody_who_looked_at_an_older_state_is_refused(either_state: StateStore) -> None:
    version = draft(either_state)
    laid(either_state, version)
    with pytest.raises(Refusal) as refusal, either_state.transaction() as session:
        retire(
            session, version.id, reason="旧", by=LEAD, expected_version=version.version - 1, now=NOW
        )
    assert refusal.value.code == "stale"


CHANGES = ["document", "source", "key", "written_by"]


@pytest.mark.parametrize("column", CHANGES)
def test_the_database_keeps_what_left_its_draft(either_state: StateStore, column: str) -> None:
    version = public(either_state)
    value: object = NEW if column == "document" else "other"
    with pytest.raises(Conflict, match="never changed"), either_state.transaction() as session:
        setattr(session.get_one(PlaybookVersion, version.id), column, value)
    with pytest.raises(Conflict, match="never changed"), either_state.transaction() as session:
        session.execute(sa.update(PlaybookVersion).values({column: value}))
    kept = the(either_state, PlaybookVersion, version.id)
    assert (kept.document, kept.source, kept.key) == (OLD, "form", "look-into-it")


def test_the_database_lets_nothing_go_back_to_a_draft_or_be_removed(
    either_state: StateStore,
) -> None:
    version = laid(either_state, draft(either_state))
    with pytest.raises(Conflict, match="never changed"), either_state.transaction() as session:
        session.get_one(PlaybookVersion, version.id).state = "draft"
    with pytest.raises(Conflict, match="removed"), either_state.transaction() as session:
        session.delete(session.get_one(PlaybookVersion, version.id))
    assert states(either_state) == ["review"]


def test_the_database_has_one_published_version_of_a_playbook(either_state: StateStore) -> None:
    public(either_state)
    version = laid(either_state, draft(either_state, NEW))
    with pytest.raises(Conflict), either_state.transaction() as session:
        session.get_one(PlaybookVersion, version.id).state = "published"


def test_of_several_reviews_at_once_one_publishes(either_state: StateStore) -> None:
    version = laid(either_state, draft(either_state))
    seen = the(either_state, PlaybookVersion, version.id).version

    def publish() -> None:
        with either_state.transaction() as session:
            review(
                session,
                HOUSE,
                version.id,
                approve=True,
                by=LEAD,
                expected_version=seen,
                now=NOW,
            )

    assert together(publish) == (1, THREADS - 1)
    assert actions(either_state).count("playbook.publish") == 1


def ship(state: StateStore, *documents: JsonObject) -> int:
    shipped = {str(number): (each, "form") for number, each in enumerate(documents)}
    with state.transaction() as session:
        return install_shipped(session, shipped, NOW)


def test_what_comes_along_is_published_by_the_platform_once(either_state: StateStore) -> None:
    assert ship(either_state, OLD, written("another")) == 2
    assert ship(either_state, OLD, written("another")) == 0
    rows = every(either_state, PlaybookVersion)
    assert {row.state for row in rows} == {"published"}
    assert {(row.written_by, row.reviewed_by) for row in rows} == {(SYSTEM.name, SYSTEM.name)}
    assert actions(either_state).count("playbook.install") == 2


def test_a_newer_one_that_comes_along_takes_the_place_of_the_older(
    either_state: StateStore,
) -> None:
    ship(either_state, OLD)
    assert ship(either_state, NEW) == 1
    assert states(either_state) == ["retired", "published"]


def test_what_the_city_published_itself_is_never_overridden(either_state: StateStore) -> None:
    own = public(either_state, NEW)
    assert ship(either_state, OLD) == 1
    assert states(either_state) == ["published", "draft"]
    with either_state.reading() as session:
        found = published(session, "look-into-it")
    assert found is not None
    assert found.id == own.id


def test_what_comes_along_does_not_take_a_short_name_of_the_city(
    either_state: StateStore,
) -> None:
    own = {**OLD, "id": "playbook--3f9a1d52-6a35-4a2b-8f0e-0f5d6f3b7c11"}
    public(either_state, own)
    assert ship(either_state, OLD) == 1
    assert states(either_state) == ["published", "draft"]
    shipped = laid(either_state, every(either_state, PlaybookVersion)[1])
    with pytest.raises(Refusal) as refusal:
        reviewed(either_state, shipped)
    assert refusal.value.code == "key_taken"


def test_what_the_city_put_out_of_use_stays_out_of_use(either_state: StateStore) -> None:
    (version,) = installed(either_state, OLD)
    put_away(either_state, version)
    assert ship(either_state, OLD) == 0
    assert ship(either_state, NEW) == 1
    assert states(either_state) == ["retired", "draft"]


def test_a_shipped_draft_needs_two_people_like_any_other(either_state: StateStore) -> None:
    public(either_state, NEW)
    ship(either_state, OLD)
    shipped = laid(either_state, every(either_state, PlaybookVersion)[1], LEAD)
    with pytest.raises(Refusal) as refusal:
        reviewed(either_state, shipped, LEAD)
    assert refusal.value.code == "same_person"
    assert reviewed(either_state, shipped, ADMINISTRATOR).state == "published"


def test_several_that_start_at_once_install_once(either_state: StateStore) -> None:
    did, lost = together(lambda: ship(either_state, OLD))
    assert (did, lost) == (THREADS, 0)
    assert states(either_state) == ["published"]
