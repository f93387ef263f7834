import pytest

from sensors.protocol.service import dhcp6
from sensors.protocol.service.dhcp import PARSER
from situation.faults import Malformed
from tests.sensors.protocol.oracle import converted, records, told, tshark
from tests.sensors.protocol.speaking import begins, octets_of, picked, read
from tests.testdata import testdata


def message(options: str, *, operation: int = 1) -> bytes:
    head = bytes([operation, 1, 6, 0]) + octets_of("0000abcd") + bytes(20)
    hardware = octets_of("020000000001") + bytes(10)
    return head + hardware + bytes(192) + octets_of("63825363") + octets_of(options)


def test_options_are_told_by_name() -> None:
    (record,) = read(
        PARSER,
        (">", message("350101 0c03706331 3c084d53465420352e30 370401030642 5106000000706331 ff")),
    )
    assert record == {
        "dhcp.version": 4,
        "dhcp.transaction_id": "0000abcd",
        "client.mac": "02-00-00-00-00-01",
        "dhcp.host_name": "pc1",
        "dhcp.vendor_class": "MSFT 5.0",
        "dhcp.parameters": [1, 3, 6, 66],
        "dhcp.fqdn": "pc1",
        "event.action": "dhcp_discover",
        "dhcp.message_type": "discover",
    }


def test_a_refusal_has_its_words_and_routers_are_a_list() -> None:
    refused = message("350106 380477686174 ff", operation=2)
    offered = message("350102 0308c0000201c0000202 3304 00000e10 ff", operation=2)
    records = read(PARSER, ("<", refused), ("<", offered), ("<", message("ff", operation=2)))
    names = ("dhcp.message_type", "event.outcome", "event.reason", "dhcp.lease_seconds")
    assert picked(records, *names) == [
        ("nak", "failure", "what", None),
        ("offer", None, None, 3600),
        ("bootp_reply", None, None, None),
    ]
    assert records[1]["dhcp.routers"] == ["192.0.2.1", "192.0.2.2"]


def test_a_message_that_was_cut_says_what_is_left_of_it() -> None:
    (record,) = read(PARSER, (">", message("350103 0c40706331")))
    assert record["dhcp.host_name"] == "pc1"
    with pytest.raises(Malformed):
        read(PARSER, (">", message("")[:238]))
    assert not begins(PARSER, message("")[:238])


def test_relayed_and_failed_messages_of_version_6_are_told() -> None:
    client = "0001 000a 0003 0001 020000000001"
    refused = "0003 0024 00000001 00000e10 00001518 000d 0014 0002" + "6e6f" * 9
    octets = octets_of("07 abcdef" + client + refused)
    relay = octets_of("0d00 20010db8000000000000000000000001 fe800000000000000000000000000001")
    (record,) = read(
        dhcp6.PARSER, ("<", relay + octets_of("0009") + len(octets).to_bytes(2) + octets)
    )
    assert record["event.action"] == "dhcp_reply"
    assert record["client.mac"] == "02-00-00-00-00-01"
    assert record["dhcp.relay_address"] == "2001:db8::1"
    assert record["event.reason"] == "no_addresses_available"
    assert not begins(dhcp6.PARSER, "01 100874 0001 00ff 0001")


KINDS = {
    "1": "discover", "2": "offer", "3": "request", "4": "decline", "5": "ack", "6": "nak",
    "7": "release", "8": "inform",
}  # fmt: skip


def test_every_message_is_as_tshark_reads_it() -> None:
    capture = testdata("captures", "zeek", "pcap", "dhcp", "dhcp.pcap")
    ours = ("dhcp.message_type", "dhcp.transaction_id", "client.mac", "dhcp.host_name")
    theirs = tshark(
        capture,
        "dhcp",
        ("dhcp.option.dhcp", "dhcp.id", "dhcp.hw.mac_addr", "dhcp.option.hostname"),
    )
    forms = (
        lambda kind: KINDS[kind],
        lambda value: value.removeprefix("0x"),
        lambda mac: mac.upper().replace(":", "-"),
        str,
    )
    assert told(capture, "dhcp", ours) == converted(theirs, *forms)
    # What Zeek's dhcp.log says of the first conversation.
    found = records(capture)
    assert found[3]["event.reason"] == "requested address not available"
    assert {one.get("dhcp.lease_seconds") for one in found} >= {900}
    assert {one.get("dhcp.assigned_address") for one in found} >= {"128.2.6.189"}
