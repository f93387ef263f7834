"""Correlation: what links alerts, what does not, and what makes an incident."""

import datetime as dt
import random

from hypothesis import given
from hypothesis import strategies as st

from playbooks.correlation import (
    Entity,
    Fold,
    Sighting,
    correlate,
    entities_of,
    folds,
    never_linking,
    opens,
)
from playbooks.plan import load_plan

RULE = load_plan().correlation
T0 = dt.datetime(2026, 3, 3, tzinfo=dt.UTC)


def seen(
    name: str,
    hour: float = 0,
    *,
    on: str = "10.0.0.1",
    severity: int = 2,
    tactic: str = "discovery",
    incident: str | None = None,
) -> Sighting:
    at = T0 + dt.timedelta(hours=hour)
    return Sighting(
        alert_id=name,
        first_seen=at,
        last_seen=at,
        severity=severity,
        tactics=frozenset({tactic} if tactic else ()),
        entities=frozenset(Entity("address", ip) for ip in on.split() if ip),
        incident_id=incident,
    )


def names(*alerts: Sighting) -> list[set[str]]:
    return [{alert.alert_id for alert in group} for group in correlate(alerts, RULE)]


def test_alerts_that_share_an_address_are_of_one_intrusion() -> None:
    assert names(seen("a", on="1 2"), seen("b", 1, on="2 3"), seen("c", 2, on="3 4")) == [
        {"a", "b", "c"}
    ]


def test_alerts_without_a_shared_entity_stay_apart() -> None:
    assert names(seen("a", on="1"), seen("b", on="2")) == [{"a"}, {"b"}]


def test_the_window_is_inclusive_and_counts_from_the_last_alert() -> None:
    assert names(seen("a"), seen("b", 24), seen("c", 48)) == [{"a", "b", "c"}]
    assert names(seen("a"), seen("b", 24.001)) == [{"a"}, {"b"}]


def test_a_long_alert_is_near_everything_that_it_spans() -> None:
    long = Sighting(
        alert_id="a",
        first_seen=T0,
        last_seen=T0 + dt.timedelta(hours=100),
        severity=2,
        tactics=frozenset(),
        entities=frozenset({Entity("address", "10.0.0.1")}),
    )
    assert names(long, seen("b", 1), seen("c", 110)) == [{"a", "b", "c"}]


def test_a_hub_never_links() -> None:
    found = entities_of(["10.0.0.1", "10.0.0.53", None], None, lambda ip: ip == "10.0.0.53")
    assert found == {Entity("address", "10.0.0.1")}


def test_public_resolvers_and_multicast_never_link() -> None:
    meets_everybody = never_linking(RULE)
    assert all(meets_everybody(ip) for ip in ("8.8.8.8", "224.0.0.251", "ff02::fb", "0.0.0.0"))  # noqa: S104 - an address that is compared, not bound
    assert not meets_everybody("203.0.113.77")


def test_a_domain_links_whatever_its_case() -> None:
    def entity(name: str) -> frozenset[Entity]:
        return entities_of([], name, lambda _: False)

    assert entity("T.Example.NET.") == entity("t.example.net")


def test_a_lone_scan_is_no_incident() -> None:
    assert not opens([seen("a")], RULE)
    assert not opens([seen("a"), seen("b")], RULE)
    assert folds([seen("a"), seen("b")], RULE) == []


def test_two_stages_or_one_grave_alert_make_an_incident() -> None:
    assert opens([seen("a"), seen("b", tactic="exfiltration")], RULE)
    assert opens([seen("a", severity=3, tactic="")], RULE)


def test_what_proves_no_stage_does_not_count_as_one() -> None:
    assert not opens([seen("a"), seen("b", tactic="")], RULE)


def test_a_new_incident_takes_its_alerts_in_the_order_of_events() -> None:
    found = folds([seen("b", 2, severity=3), seen("a", 1)], RULE)
    assert found == [Fold(None, ("a", "b"))]


def test_a_later_alert_joins_the_open_incident_however_mild() -> None:
    there = seen("a", severity=3, incident="SJ-1")
    assert folds([there, seen("b", 3, severity=1)], RULE) == [Fold("SJ-1", ("b",))]


def test_an_alert_between_two_incidents_joins_the_nearer_and_names_the_other() -> None:
    one = seen("a", on="1 2", incident="SJ-1")
    two = seen("b", on="3 4 5", incident="SJ-2")
    found = folds([one, two, seen("c", 1, on="2 4 5")], RULE)
    assert found == [Fold("SJ-2", ("c",), ("SJ-1",))]


def test_a_tie_between_two_incidents_goes_to_the_older() -> None:
    one = seen("b", 0, on="1", incident="SJ-2")
    two = seen("a", 1, on="2", incident="SJ-1")
    assert folds([two, one, seen("c", 2, on="1 2")], RULE)[0].incident_id == "SJ-2"


def test_alerts_of_one_incident_stay_together_over_any_time() -> None:
    found = names(seen("a", incident="SJ-1"), seen("b", 900, incident="SJ-1"))
    assert found == [{"a", "b"}]


@st.composite
def sightings(draw: st.DrawFn) -> list[Sighting]:
    count = draw(st.integers(0, 12))
    return [
        seen(
            f"a{number}",
            draw(st.integers(0, 80)),
            on=" ".join(draw(st.lists(st.sampled_from("123456"), max_size=3))),
            severity=draw(st.integers(1, 4)),
            tactic=draw(st.sampled_from(["", "discovery", "exfiltration"])),
        )
        for number in range(count)
    ]


@given(sightings(), st.randoms(use_true_random=False))
def test_groups_do_not_depend_on_the_order_of_reading(
    alerts: list[Sighting], chance: random.Random
) -> None:
    shuffled = list(alerts)
    chance.shuffle(shuffled)
    assert correlate(shuffled, RULE) == correlate(alerts, RULE)


@given(sightings())
def test_every_alert_is_in_exactly_one_group(alerts: list[Sighting]) -> None:
    grouped = [alert.alert_id for group in correlate(alerts, RULE) for alert in group]
    assert sorted(grouped) == sorted(alert.alert_id for alert in alerts)


@given(sightings())
def test_two_near_alerts_that_share_an_entity_are_never_apart(alerts: list[Sighting]) -> None:
    window = dt.timedelta(hours=RULE.window_hours)
    group_of = {
        alert.alert_id: place
        for place, group in enumerate(correlate(alerts, RULE))
        for alert in group
    }
    for one in alerts:
        for other in alerts:
            near = abs(one.first_seen - other.first_seen) <= window
            if near and one.entities & other.entities:
                assert group_of[one.alert_id] == group_of[other.alert_id]


@given(sightings())
def test_what_was_folded_is_not_folded_again(alerts: list[Sighting]) -> None:
    home = {
        alert_id: f"SJ-{place}"
        for place, each in enumerate(folds(alerts, RULE))
        for alert_id in each.alert_ids
    }
    after = [
        Sighting(
            alert_id=alert.alert_id,
            first_seen=alert.first_seen,
            last_seen=alert.last_seen,
            severity=alert.severity,
            tactics=alert.tactics,
            entities=alert.entities,
            incident_id=home.get(alert.alert_id),
        )
        for alert in alerts
    ]
    assert folds(after, RULE) == []
