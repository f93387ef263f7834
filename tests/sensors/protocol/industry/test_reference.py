"""Industrial captures: every message as tshark reads it, every act as its file is named."""

import pathlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pytest

from sensors.metering import Metering
from sensors.protocol.catalogue import PARSERS
from sensors.protocol.industry.bacnet_vocabulary import CONFIRMED, PROPERTIES
from sensors.protocol.industry.iec104_type import CAUSES
from tests.faults.site import soak
from tests.sensors.protocol.oracle import (
    Row,
    converted,
    first_of_each,
    number,
    protocols,
    records,
    told,
    tshark,
)
from tests.testdata import testdata

Form = Callable[[str], str]


def _as_is(value: str) -> str:
    return value


def _whole(rows: Counter[Row]) -> Counter[Row]:
    """Return rows of whole messages: tshark also lists fragments, which have no function."""
    return Counter({row: count for row, count in rows.items() if row[0]})


@dataclass(frozen=True)
class Comparison:
    """What is compared of the captures of one protocol: our fields, and tshark's in our form."""

    dataset: str
    captures: tuple[tuple[str, ...], ...]
    ours: tuple[str, ...]
    wanted: str
    theirs: tuple[str, ...]
    forms: tuple[Form, ...]
    read: Callable[[pathlib.Path, str, Sequence[str]], Counter[Row]] = tshark


_S7 = {1: "job", 2: "ack", 3: "ack_data", 7: "userdata"}
_AREAS = {0x83: "M", 0x84: "DB"}

COMPARISONS = (
    Comparison(
        "modbus",
        (
            ("captures", "zeek", "pcap", "modbus", "modbus-and-non-modbus-p502.pcap"),
            ("captures", "ics", "ModbusTCP", "Modbus", "modbus_test_2.pcap"),
        ),
        ("modbus.transaction_id", "modbus.unit", "modbus.function_code"),
        "modbus",
        ("mbtcp.trans_id", "mbtcp.unit_id", "modbus.func_code"),
        (number, number, number),
    ),
    Comparison(
        "s7comm",
        (
            ("captures", "ics", "s7", "wincc_s300_setup-alarm-read-write.pcapng"),
            ("captures", "ics", "s7", "s7comm_downloading_block_db1.pcap"),
        ),
        ("s7comm.rosctr", "s7comm.reference", "s7comm.function_code"),
        "s7comm",
        ("s7comm.header.rosctr", "s7comm.header.pduref", "s7comm.param.func"),
        (lambda kind: _S7[int(kind)], number, lambda code: number(code or "0")),
    ),
    Comparison(
        "dnp3",
        (
            ("captures", "ics", "openics", "DNP3-Malformed.pcap"),
            ("captures", "zeek", "pcap", "dnp3", "dnp3_udp_read.pcap"),
        ),
        ("dnp3.function_code", "dnp3.source", "dnp3.destination"),
        "dnp3",
        ("dnp3.al.func", "dnp3.src", "dnp3.dst"),
        (number, number, number),
    ),
    Comparison(
        "iec104",
        (
            ("captures", "ics", "IEC60870-5-104", "090813_diverse.pcap"),
            ("captures", "ics", "IEC60870-5-104", "JavaRMI_and_IEC_Misc.pcap"),
        ),
        ("iec104.type_id", "iec104.cause", "iec104.common_address", "iec104.object_address"),
        "iec60870_asdu",
        (
            "iec60870_asdu.typeid",
            "iec60870_asdu.causetx",
            "iec60870_asdu.addr",
            "iec60870_asdu.ioa",
        ),
        (number, lambda code: CAUSES.get(int(code or 0), ""), number, number),
    ),
    Comparison(
        "bacnet",
        (("captures", "ics", "BACnet", "bacnet_test.pcap"),),
        ("bacnet.invoke_id", "citywatch.ics.function", "bacnet.property"),
        "bacapp",
        ("bacapp.invoke_id", "bacapp.confirmed_service", "bacapp.property_identifier"),
        (
            number,
            lambda code: str(CONFIRMED[int(code)]["citywatch.ics.function"]),
            lambda code: PROPERTIES[int(code)],
        ),
        first_of_each,
    ),
)


@pytest.mark.parametrize("one", COMPARISONS, ids=lambda one: str(one.dataset))
def test_every_message_is_as_tshark_reads_it(one: Comparison) -> None:
    for parts in one.captures[: soak(1, len(one.captures))]:
        capture = testdata(*parts)
        ours = _whole(told(capture, one.dataset, one.ours))
        assert ours, capture.name
        theirs = _whole(one.read(capture, one.wanted, one.theirs))
        assert ours == converted(theirs, *one.forms), capture.name


ACTS: tuple[tuple[tuple[str, ...], str, set[tuple[str, str]]], ...] = (
    (("dnp3", "cold_restart_and_response.pcap"), "dnp3", {("cold_restart", "restart")}),
    (
        ("dnp3", "select_operate_and_responses.pcap"),
        "dnp3",
        {("select", "write"), ("operate", "write")},
    ),
    (
        ("dnp3", "direct_operate_crob_malform_but_good_crc.pcap"),
        "dnp3",
        {("direct_operate", "write")},
    ),
    (("dnp3", "full_exchange.pcap"), "dnp3", {("write", "write"), ("read", "read")}),
    (("openics", "DNP3-Malformed.pcap"), "dnp3", {("operate", "write")}),
    (("s7", "snap7_s300_stop.pcapng"), "s7comm", {("plc_stop", "stop")}),
    (
        ("s7", "snap7_s300_everything.pcapng"),
        "s7comm",
        {
            ("plc_stop", "stop"),
            ("plc_start", "start"),
            ("write_var", "write"),
            ("read_var", "read"),
            ("set_clock", "write"),
            ("upload", "upload"),
            ("copy_ram_to_rom", "write"),
        },
    ),
    (
        ("s7", "s7comm_downloading_block_db1.pcap"),
        "s7comm",
        {
            ("request_download", "download"),
            ("download_block", "download"),
            ("download_ended", "download"),
            ("insert_block", "download"),
        },
    ),
    (
        ("s7", "wincc_s300_setup-alarm-read-write.pcapng"),
        "s7comm",
        {("write_var", "write"), ("read_var", "read"), ("alarm_query", "read")},
    ),
    (
        ("s7", "S7-1200-Uploading-OB1-TIAV12.pcap"),
        "s7comm_plus",
        {("explore", "read"), ("get_subranges", "read")},
    ),
    (("s7", "S7-1511_db6w0_HMI.pcap"), "s7comm_plus", {("set_multiple_variables", "write")}),
    (("EthernetIP", "cip_start_plc.pcap"), "enip", {("start", "start")}),
    (("EthernetIP", "enip_test.pcap"), "enip", {("list_identity", "read")}),
    (
        ("bro", "modbus", "modbusSmall.pcap"),
        "modbus",
        {("write_multiple_coils", "write"), ("read_coils", "read")},
    ),
    (
        ("IEC60870-5-104", "090813_diverse.pcap"),
        "iec104",
        {("C_SC_TA_1", "write"), ("C_DC_NA_1", "write"), ("C_IC_NA_1", "read")},
    ),
    (
        ("IEC60870-5-104", "JavaRMI_and_IEC_Misc.pcap"),
        "iec104",
        {("STARTDT_act", "start"), ("C_IC_NA_1", "read")},
    ),
    (("BACnet", "bacnet_test.pcap"), "bacnet", {("read_property", "read")}),
    (("IEC61850", "Sample_File_MMS_and_GOOSE.pcap"), "mms", {("read", "read")}),
    (("omron", "omron_test.pcap"), "fins", {("controller_data_read", "read")}),
    (("hart", "hart_ip.pcap"), "hart_ip", {("command_0", "read")}),
    (("MELSEC", "melsoft_UDP_clean_2.pcap"), "melsec", {("engineering_tool", "other")}),
)
"""What each capture holds, by its name and its README."""
_GRAVE = {"start", "stop", "restart", "download", "upload"}


@pytest.mark.parametrize(("parts", "dataset", "wanted"), ACTS, ids=[row[0][-1] for row in ACTS])
def test_the_acts_of_a_capture_are_those_that_its_name_says(
    parts: tuple[str, ...], dataset: str, wanted: set[tuple[str, str]]
) -> None:
    capture = testdata("captures", "ics", *parts)
    found = {
        (str(record["citywatch.ics.function"]), str(record["citywatch.ics.act"]))
        for record in records(capture)
        if record["event.dataset"] == dataset
    }
    assert wanted <= found
    grave = {act for _, act in found} & _GRAVE
    expected = {act for _, act in wanted} & _GRAVE
    assert grave == expected or dataset in {"s7comm", "iec104", "mms"}


def test_addresses_of_variables_are_those_of_tshark() -> None:
    capture = testdata("captures", "ics", "s7", "wincc_s300_setup-alarm-read-write.pcapng")
    ours = Counter(
        (record["s7comm.area"], record.get("s7comm.db", 0), record["s7comm.address"])
        for record in records(capture)
        if record.get("s7comm.rosctr") == "job" and "s7comm.area" in record
    )
    fields = ("area", "db", "address.byte")
    theirs = first_of_each(
        capture, "s7comm.param.item.area", [f"s7comm.param.item.{name}" for name in fields]
    )
    assert ours == Counter(
        {(_AREAS[int(a, 0)], int(db), int(at)): count for (a, db, at), count in theirs.items()}
    )


INDUSTRIAL = {parser.name for parser in PARSERS if "citywatch.ics.act" in parser.fields}
FOREIGN = (
    "sip.pcap", "snmp.pcap", "rdp2.pcap", "mssql_tds.pcap", "mysql.pcapng", "amqp.pcap",
    "beckhoff_ads.pcapng", "c1222.pcapng", "dlms.pcap", "ieee_c37118.pcap", "kafka.pcapng",
    "openwire.pcapng", "radmin3.pcapng", "resp.pcap", "rtps.pcap", "steam.pcapng", "stun.pcap",
    "tinc.pcap", "trdp.pcapng", "wireguard.pcap", "teamviewer.pcap", "bittorrent_tcp_miss.pcapng",
)  # fmt: skip


def test_foreign_traffic_gets_no_industrial_label() -> None:
    labelled = {
        name: found
        for name in FOREIGN
        if (found := protocols(testdata("captures", "ndpi", "pcap", name)) & INDUSTRIAL)
    }
    assert labelled == {}


def test_on_the_port_of_modbus_only_modbus_is_modbus() -> None:
    capture = testdata("captures", "zeek", "pcap", "modbus", "modbus-and-non-modbus-p502.pcap")
    by_dataset = Counter(str(record["event.dataset"]) for record in records(capture))
    # 12 lines of Zeek's modbus.log; TLS, HTTP, RDP and DCE-RPC share the port.
    assert by_dataset["modbus"] == 12
    assert set(by_dataset) - {"modbus"} <= {"tls", "http", "rdp", "dce_rpc", "smb"}


def test_every_command_is_read_however_many_went_before_it() -> None:
    capture = testdata("captures", "ics", "ModbusTCP", "Modbus", "modbus_test_2.pcap")
    batches = list(Metering([capture], observer="test").batches())
    datasets = Counter(name for batch in batches for name in batch.events["event.dataset"])
    assert datasets["modbus"] == 3975
