"""The decoder ahead of its first datagram."""

from sensors.netflow.flow import identity
from sensors.netflow.warming import warm
from sensors.netflow.wire import records


def test_all_stages_are_compiled_once_it_is_warm() -> None:
    warm()
    stages = (records._straighten, identity._put_event_ids, identity._put_flow_ids)  # noqa: SLF001 - what is compiled
    for stage in stages:
        assert getattr(stage, "signatures", [()]) != []
