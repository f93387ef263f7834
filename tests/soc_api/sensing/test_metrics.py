from prometheus_client.openmetrics.parser import text_string_to_metric_families

from soc_api.sensing.metrics import metrics_text
from tests.soc_api.web.city import NOW, sensors


def samples() -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    text = metrics_text(sensors(), NOW).decode()
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)  # type: ignore[no-untyped-call]
        for sample in family.samples
    }


def labelled(**labels: str) -> frozenset[tuple[str, str]]:
    return frozenset(labels.items())


def test_every_loss_is_a_counter_by_its_reason() -> None:
    found = samples()
    east = {"sensor": "sensor-east"}
    assert (
        found["citywatch_dead_letters_total", labelled(**east, reason="@timestamp is missing")] == 4
    )
    assert (
        found[
            "citywatch_input_shed_total", labelled(**east, input="bastion-auth", reason="no_room")
        ]
        == 3
    )
    assert (
        found["citywatch_spool_shed_total", labelled(sensor="sensor-harbour", priority="sample")]
        == 11_204
    )


def test_lag_is_the_age_of_the_oldest_event_that_waits() -> None:
    found = samples()
    assert found["citywatch_spool_lag_seconds", labelled(sensor="sensor-harbour")] == 47 * 60
    assert found["citywatch_spool_lag_seconds", labelled(sensor="sensor-west")] == 0


def test_the_state_of_the_store_is_told_one_of_three() -> None:
    found = samples()
    states = {
        state: found["citywatch_store_state", labelled(sensor="sensor-harbour", state=state)]
        for state in ("up", "away", "stopped")
    }
    assert states == {"up": 0, "away": 1, "stopped": 0}


def test_an_input_that_does_not_run_is_down() -> None:
    found = samples()
    assert found["citywatch_input_up", labelled(sensor="sensor-east", input="firewall")] == 0
    assert found["citywatch_input_up", labelled(sensor="sensor-east", input="portal-access")] == 1


def test_no_sensors_are_still_a_valid_answer() -> None:
    assert metrics_text((), NOW).endswith(b"# EOF\n")
