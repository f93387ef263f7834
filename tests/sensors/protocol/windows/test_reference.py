"""Public captures of Windows protocols as Zeek and Arkime read them."""

import functools
import json
import pathlib
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import pytest

from sensors.metering import Metering
from situation.fields import REST
from tests.sensors.reference import arkime, zeek
from tests.testdata import testdata

Ends = frozenset[tuple[str, int]]
Record = Mapping[str, Any]

NTLM = {"user": "user.name", "domain": "user.domain", "host": "ntlm.workstation"}
READ = frozenset(("smb", "dcerpc", "ldap"))
"""Protocols of Arkime's capture in which we look for NTLM."""


@functools.cache
def records(capture: pathlib.Path) -> Mapping[Ends, list[Record]]:
    """Return the records of a capture by the ends of their flow."""
    found: dict[Ends, list[Record]] = defaultdict(list)
    for batch in Metering([capture], observer="test").batches():
        for row in batch.events.iter_rows(named=True):
            sides = ("source", "destination")
            ends = frozenset((row[f"{side}.ip"], row[f"{side}.port"]) for side in sides)
            found[ends].append({**row, **json.loads(row.get(REST) or "{}")})
    return found


def values(listed: list[Record], field: str) -> set[Any]:
    return {record[field] for record in listed if record.get(field) is not None}


def logged(test: str, log: str, capture: str) -> list[tuple[Record, list[Record]]]:
    """Return the rows of a log of Zeek, each with our records of its flow."""
    mine = records(testdata("captures", "zeek", "pcap", *capture.split("/")))
    path = testdata("captures", "zeek", "expected", f"scripts.base.protocols.{test}", f"{log}.log")
    ends = ("orig", "resp")
    return [
        (
            row,
            mine.get(frozenset((row[f"id.{end}_h"], int(row[f"id.{end}_p"])) for end in ends), []),
        )
        for row in zeek.log(path)
    ]


def test_interfaces_and_operations_are_those_of_zeek() -> None:
    rows = logged("dce-rpc.mapi", "dce_rpc", "dce-rpc/mapi.pcap")
    missed = {
        (row["endpoint"], row["operation"])
        for row, mine in rows
        if row["endpoint"] not in values(mine, "dce_rpc.endpoint")
        or row["operation"] not in values(mine, "dce_rpc.operation")
    }
    # The last call of a long conversation lies behind the payloads that are kept of it.
    assert missed == {("exchange_mapi", "EcRRegisterPushNotification")}


def test_users_of_ntlm_are_those_of_zeek() -> None:
    rows = logged("dce-rpc.mapi", "ntlm", "dce-rpc/mapi.pcap")
    assert len(rows) == 2
    for row, mine in rows:
        assert row["username"] in values(mine, "user.name")
        assert row["domainname"] in values(mine, "user.domain")
        assert row["hostname"] in values(mine, "ntlm.workstation")
        assert row["server_nb_computer_name"] in values(mine, "ntlm.server.name")


def test_a_ticket_is_that_of_zeek() -> None:
    ((row, mine),) = logged("krb.tgs", "kerberos", "krb/auth.pcap")
    (record,) = mine
    assert record["kerberos.request_type"] == row["request_type"]
    assert f"{record['user.name']}/{record['user.domain']}" == row["client"]
    assert record["kerberos.service"] == row["service"]
    assert record["kerberos.ticket_encryption"] == row["cipher"]
    assert (record["event.outcome"] == "success") == (row["success"] == "T")
    assert record["kerberos.forwardable"] == (row["forwardable"] == "T")
    assert record["kerberos.renewable"] == (row["renewable"] == "T")


def test_a_session_of_rdp_is_that_of_zeek() -> None:
    ((row, mine),) = logged("rdp.rdp-x509", "rdp", "rdp/rdp-x509.pcap")
    connected, client, server = mine
    assert connected["rdp.cookie"] == row["cookie"]
    assert connected["rdp.security_protocol"] == row["security_protocol"].lower()
    assert client["rdp.channels"] == row["client_channels"].split(",")
    assert client["rdp.client_name"] == row["client_name"]
    assert client["rdp.client_product_id"] == row["client_dig_product_id"]
    assert str(client["rdp.desktop_width"]) == row["desktop_width"]
    assert str(client["rdp.desktop_height"]) == row["desktop_height"]
    assert server["rdp.encryption_level"] == row["encryption_level"].lower().replace(" ", "_")
    assert server["rdp.encryption_method"] == row["encryption_method"]


def sessions(name: str) -> list[tuple[Record, list[Record]]]:
    """Return the sessions of Arkime, each with our records of its flow."""
    expected = testdata("captures", "arkime", f"{name}.test")
    mine = records(expected.with_suffix(".pcap"))
    sides = ("source", "destination")
    return [
        (
            body,
            mine.get(
                frozenset((body[side]["ip"], body[side].get("port", 0)) for side in sides), []
            ),
        )
        for body in arkime.sessions(expected)
    ]


def test_interfaces_are_those_of_arkime() -> None:
    compared = 0
    for body, mine in sessions("dcerpc_synthetic"):
        told = body["dcerpc"]
        for identity in told.get("uuid", ()):
            assert identity in values(mine, "dce_rpc.interface")
            compared += 1
        for number in told.get("opnum", ()):
            assert number in values(mine, "dce_rpc.operation_number")
    assert compared == 18


@pytest.mark.parametrize("name", ["ntlm_synthetic", "smbtorture-ntlmssp", "smb-smb1-ascii"])
def test_users_of_ntlm_are_those_of_arkime(name: str) -> None:
    compared = 0
    for body, mine in sessions(name):
        if not READ.isdisjoint(body["protocol"]) and "ntlm" in body:
            told = body["ntlm"] | {"user": body.get("user", ())}
            for theirs, ours in NTLM.items():
                assert set(told.get(theirs, ())) <= values(mine, ours), (body["protocol"], theirs)
            compared += 1
    assert compared > 0


@pytest.mark.parametrize("name", ["smb-smbclient", "smb-smb1-ascii", "smbtorture-ntlmssp"])
def test_shares_are_those_of_arkime(name: str) -> None:
    ((body, mine),) = sessions(name)
    assert set(body["smb"]["share"]) <= values(mine, "smb.share")
    assert set(body["smb"].get("os", ())) <= values(mine, "smb.native_os") | values(
        mine, "smb.server_os"
    )
