"""Sessions in which Arkime names fields of devices and services, and we alike."""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.sensors.protocol.oracle import Record, records
from tests.sensors.reference.arkime import sessions
from tests.testdata import testdata

FIELDS: tuple[tuple[str, str, str], ...] = (
    ("modbus", "funccode", "modbus.function_code"),
    ("modbus", "transactionid", "modbus.transaction_id"),
    ("dnp3", "func", "dnp3.function_code"),
    ("dnp3", "src", "dnp3.source"),
    ("dnp3", "dst", "dnp3.destination"),
    ("mqtt", "clientId", "mqtt.client_id"),
    ("mqtt", "topic", "mqtt.topic"),
    ("mqtt", "willTopic", "mqtt.will.topic"),
    ("mqtt", "version", "mqtt.protocol_version"),
    ("snmp", "variable", "snmp.oids"),
    ("sip", "callid", "sip.call_id"),
    ("sip", "method", "sip.method"),
    ("ntp", "version", "ntp.version"),
    ("ntp", "mode", "ntp.mode"),
    ("enip", "product", "enip.product_name"),
    ("dhcp", "host", "dhcp.host_name"),
    ("dhcp", "classId", "dhcp.vendor_class"),
)
_CAPTURE = "arkime_synthetic"


def _values(value: object) -> set[str]:
    return {str(one) for one in (value if isinstance(value, list) else [value])}


def _ends(record: Record) -> frozenset[tuple[object, object]]:
    return frozenset(
        (record[f"{side}.ip"], record[f"{side}.port"]) for side in ("source", "destination")
    )


def _session_ends(body: Mapping[str, Any]) -> frozenset[tuple[object, object]]:
    return frozenset((body[side]["ip"], body[side]["port"]) for side in ("source", "destination"))


@pytest.mark.parametrize(("name", "theirs", "ours"), FIELDS)
def test_fields_of_a_session_are_those_of_arkime(name: str, theirs: str, ours: str) -> None:
    found = records(testdata("captures", "arkime", f"{_CAPTURE}.pcap"))
    compared = 0
    for body in sessions(testdata("captures", "arkime", f"{_CAPTURE}.test")):
        expected = _values(body.get(name, {}).get(theirs, []))
        if not expected:
            continue
        compared += 1
        mine = {
            value
            for record in found
            if _ends(record) == _session_ends(body) and ours in record
            for value in _values(record[ours])
        }
        assert expected <= mine, _session_ends(body)
    assert compared
