"""store_query against both real stores: counts, values and ids of what matches."""

import datetime as dt
import json
import pathlib
import uuid
from collections.abc import Iterator, Mapping, Sequence

import pytest
from pydantic import ValidationError

from playbooks.action.means import Means
from situation.clock import SystemClock
from situation.events.dataset import FLOW, dataset_of
from situation.events.opening import open_event_store
from situation.events.store import Batch, EventStore
from situation.state.store import StateStore
from tests.detect.frames import MORNING, flow, flows
from tests.playbooks.action.outside import ran
from tests.playbooks.action.scene import given, intended

ELASTIC = pytest.param("elastic", marks=[pytest.mark.elastic, pytest.mark.xdist_group("elastic")])
SCANNER, OTHER = "203.0.113.9", "203.0.113.10"
LATER = MORNING + dt.timedelta(minutes=30)


class _NoSlices:
    """No packets are kept here: the query asks for none."""

    def alerts_of(self, _incident_id: str, _drill_id: str | None) -> Sequence[str]:
        return ()

    def keep(self, _alert_ids: Sequence[str], _drill_id: str | None) -> Mapping[str, str]:
        return {}


@pytest.fixture(params=["parquet", ELASTIC])
def events(request: pytest.FixtureRequest, tmp_path: pathlib.Path) -> Iterator[EventStore]:
    elastic = request.param == "elastic"
    url = request.getfixturevalue("elasticsearch_url") if elastic else str(tmp_path / "events")
    store = open_event_store(
        url, clock=SystemClock(), prefix=f"q{uuid.uuid4().hex[:12]}", replicas=0
    )
    store.setup()
    yield store
    for dataset in store.datasets():
        store.drop_before(dataset, dt.date(2100, 1, 1))
    store.close()


def _write(events: EventStore, drill_id: str | None = None, ports: int = 5) -> None:
    rows = [flow(n, SCANNER, "10.20.1.15", 100 + n) for n in range(ports)]
    rows += [flow(90, OTHER, "10.20.1.15", 22), flow(91, OTHER, "10.20.2.11", 22)]
    dataset = dataset_of(FLOW, drill_id)
    events.write(Batch(dataset, f"b-{drill_id}", flows(rows)))


def _asked(
    events: EventStore, drill_id: str | None = None, **said: object
) -> tuple[int, list[object]]:
    means = Means(events=events, slices=_NoSlices())
    outcome = ran(means, "store_query", {"dataset": "flow", **said}, now=LATER, drill_id=drill_id)
    assert outcome.undo == {}
    values = json.loads(str(outcome.outputs["values"]))
    return int(str(outcome.outputs["count"])), values


def test_records_that_match_are_counted_and_their_values_told(events: EventStore) -> None:
    _write(events)
    where = {"cidr": {"field": "destination.ip", "network": "10.20.0.0/16"}}
    assert _asked(events, where=where, group_by="source.ip") == (7, [SCANNER, OTHER])
    assert _asked(events, where=where, group_by="source.ip", limit=1) == (7, [SCANNER])
    port = {"eq": {"field": "destination.port", "value": 22}}
    assert _asked(events, where={"and": [where, port]}, group_by="destination.port") == (2, [22])


def test_without_a_grouping_the_newest_ids_are_told(events: EventStore) -> None:
    _write(events)
    count, ids = _asked(events, limit=2)
    assert count == 7
    assert ids == [
        "91.000000-203.0.113.10-40000-10.20.2.11-22",
        "90.000000-203.0.113.10-40000-10.20.1.15-22",
    ]


def test_only_the_time_before_now_is_asked(events: EventStore) -> None:
    _write(events)
    assert _asked(events, since_minutes=29)[0] == 2
    assert _asked(events, since_minutes=30)[0] == 7
    assert _asked(events, since_minutes=28) == (0, [])


def test_a_drill_asks_its_own_records(events: EventStore) -> None:
    _write(events)
    _write(events, "drill-1", ports=1)
    assert _asked(events, drill_id="drill-1")[0] == 3
    assert _asked(events, drill_id="drill-2")[0] == 0
    assert _asked(events)[0] == 7


def test_an_intent_says_what_is_asked_and_that_only_the_real_run_knows(
    either_state: StateStore,
) -> None:
    said: dict[str, object] = {
        "dataset": "flow",
        "where": {"eq": {"field": "source.ip", "value": SCANNER}},
        "group_by": "destination.ip",
    }
    intent = intended(either_state, "store_query", said)
    assert intent.command == (
        'store_query flow last 60 min where {"eq": {"field": "source.ip", "value": "203.0.113.9"}}'
        " group by destination.ip"
    )
    assert intent.unknown == ("count", "values")


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"dataset": "audit"}, "'flow', 'dns', 'protocol', 'log' or 'alert'"),
        ({"where": {"eq": {"field": "nothing", "value": 1}}}, "where.eq.field: the field is not"),
        ({"where": "*"}, "dictionary"),
        ({"group_by": "nothing"}, "not declared"),
        ({"group_by": "message"}, "no top"),
        ({"since_minutes": 0}, "greater than or equal to 1"),
        ({"limit": 101}, "less than or equal to 100"),
    ],
)
def test_a_question_that_no_store_would_answer_is_refused(
    wrong: dict[str, object], reason: str
) -> None:
    with pytest.raises(ValidationError, match=reason) as raised:
        given("store_query", **({"dataset": "flow"} | wrong))
    assert raised.value.errors()[0]["loc"][0] == next(iter(wrong))
