"""DCE/RPC: which interface is bound, which operation called, and how it ended."""

import struct

import pytest

from sensors.protocol.parser import LOST, MORE
from sensors.protocol.windows.dcerpc import PARSER
from sensors.protocol.windows.rpc_interface import INTERFACES
from tests.sensors.protocol.talking import named, told
from tests.sensors.protocol.windows.calls import bind, call, proven, reply

DRSUAPI = "e3514235-4b06-11d1-ab04-00c04fc2dcd2"
NETLOGON = "12345678-1234-abcd-ef00-01234567cffb"
SPOOLSS = "12345678-1234-abcd-ef00-0123456789ab"
UNKNOWN = "deadbeef-0000-4000-8000-000000000001"


@pytest.mark.parametrize(
    ("interface", "operation", "endpoint", "name"),
    [
        (DRSUAPI, 3, "drsuapi", "DRSGetNCChanges"),
        (NETLOGON, 26, "netlogon", "NetrServerAuthenticate3"),
        (NETLOGON, 30, "netlogon", "NetrServerPasswordSet2"),
        (SPOOLSS, 65, "spoolss", "RpcRemoteFindFirstPrinterChangeNotificationEx"),
        (SPOOLSS, 89, "spoolss", "RpcAddPrinterDriverEx"),
        ("c681d488-d850-11d0-8c52-00c04fd90f7e", 0, "efsrpc", "EfsRpcOpenFileRaw"),
        ("86d35949-83c9-4044-b424-db363231fd0c", 1, "ITaskSchedulerService", "SchRpcRegisterTask"),
        ("12345778-1234-abcd-ef00-0123456789ac", 64, "samr", "SamrConnect5"),
        ("12345778-1234-abcd-ef00-0123456789ab", 44, "lsarpc", "LsarOpenPolicy2"),
        ("4b324fc8-1670-01d3-1278-5a47bf6ee188", 15, "srvsvc", "NetrShareEnum"),
        ("338cd001-2244-31f1-aaaa-900038001003", 22, "winreg", "BaseRegSetValue"),
        ("9556dc99-828c-11cf-a37e-00aa003240c7", 24, "IWbemServices", "ExecMethod"),
        (UNKNOWN, 7, "unknown", "operation_7"),
    ],
)
def test_a_call_is_told_by_name(interface: str, operation: int, endpoint: str, name: str) -> None:
    records = told(
        49_670,
        (">", bind(interface)),
        ("<", reply(12, 1)),
        (">", call(operation, 2)),
        ("<", reply(2, 2)),
    )
    assert named(records, "event.action", "dce_rpc.endpoint", "dce_rpc.operation") == [
        ("dce_rpc_bind", endpoint, None),
        ("dce_rpc_request", endpoint, name),
    ]
    assert records[1]["event.outcome"] == "success"
    assert records[1]["dce_rpc.interface"] == interface


def test_a_fault_is_a_failure_with_its_reason() -> None:
    fault = reply(3, 2, struct.pack("<IHBBI", 0, 0, 0, 0, 5))
    records = told(135, (">", bind(DRSUAPI)), (">", call(3, 2)), ("<", fault))
    assert named(records[1:], "event.outcome", "event.reason") == [("failure", "access_denied")]


def test_a_call_in_pieces_is_one_and_one_without_answer_is_told_at_the_end() -> None:
    pieces = [(">", call(3, 2, flags=flags)) for flags in (1, 0, 2)]
    records = told(135, (">", bind(DRSUAPI)), *pieces)
    assert named(records, "dce_rpc.operation", "event.outcome") == [
        (None, None),
        ("DRSGetNCChanges", None),
    ]


def test_contexts_keep_several_interfaces_apart() -> None:
    records = told(
        135,
        (">", bind(DRSUAPI, context=0)),
        (">", bind(NETLOGON, context=1)),
        (">", call(4, 2, context=1)),
        ("<", reply(2, 2)),
    )
    assert records[-1]["dce_rpc.operation"] == "NetrServerReqChallenge"


def test_the_proof_names_a_user_and_nothing_else() -> None:
    user = "admin".encode("utf-16-le")
    spans = [(24, 88), (24, 88), (0, 0), (len(user), 64), (0, 0), (0, 0)]
    proof = b"NTLMSSP\0\3\0\0\0" + b"".join(struct.pack("<HHI", n, n, at) for n, at in spans)
    proof += struct.pack("<I", 1) + user + b"\0" * 14 + b"password-proof" + b"\0" * 30
    records = told(135, (">", bind(DRSUAPI)), (">", proven(proof)))
    assert named(records[1:], "event.action", "user.name", "dce_rpc.authentication") == [
        ("dce_rpc_authenticate", "admin", "ntlm")
    ]
    assert "password-proof" not in str(records)


def test_the_other_order_of_octets_is_read() -> None:
    octets = bytearray(reply(0, 2, struct.pack(">IHH", 8, 0, 3)))
    octets[4] = 0
    octets[8:10] = len(octets).to_bytes(2)
    assert PARSER.length(bytes(octets)) == len(octets)


@pytest.mark.parametrize(
    ("octets", "length"), [(b"\5\0\0", MORE), (b"GET / HTTP/1.1\r\n", LOST), (call(0, 1), 28)]
)
def test_a_message_says_how_long_it_is(octets: bytes, length: int) -> None:
    assert PARSER.length(octets) == length


def test_interfaces_are_written_as_they_are_looked_up() -> None:
    for identity, interface in INTERFACES.items():
        assert identity == identity.lower()
        assert len(identity) == 36
        assert all(name.isidentifier() for name in interface.operations.values())
