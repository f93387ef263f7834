"""Handshakes in public captures: what others read out of them, and we alike.

JA4 follows the snapshots of its authors; that of nDPI is another (it takes the first two characters
of a protocol, and a name where there is none), so it is not compared.
"""

import functools
import json
import pathlib
import re
import shutil
import subprocess
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

import pytest

from sensors.metering import Metering
from situation.fields import REST
from tests.sensors.reference import arkime, ndpi, zeek
from tests.testdata import missing, testdata

Ends = frozenset[tuple[str, int]]
Record = Mapping[str, object]

JA3, JA3S, JA4 = "tls.client.ja3", "tls.server.ja3s", "citywatch.tls.client.ja4"
NAME, SHA1 = "tls.client.server_name", "tls.server.hash.sha1"
HASSH, HASSH_SERVER = "citywatch.ssh.hassh", "citywatch.ssh.hassh_server"


@functools.cache
def records(capture: pathlib.Path) -> Mapping[Ends, list[Record]]:
    """Return the records of a capture by the ends of their flow."""
    found: dict[Ends, list[Record]] = defaultdict(list)
    for batch in Metering([capture], observer="test").batches():
        for row in batch.events.iter_rows(named=True):
            ends = frozenset(
                (row[f"{side}.ip"], row[f"{side}.port"]) for side in ("source", "destination")
            )
            found[ends].append({**row, **json.loads(row.get(REST) or "{}")})
    return found


def values(capture: pathlib.Path, ends: Ends, field: str) -> set[object]:
    """Return what the records of a flow say in a field."""
    found: set[object] = set()
    for record in records(capture).get(ends, ()):
        value = record.get(field)
        found |= set(value) if isinstance(value, list) else {value}
    return found - {None}


def test_ja4_is_that_of_its_authors() -> None:
    folder = testdata("vectors", "ja4")
    for expected in sorted((folder / "expected").glob("*.snap")):
        capture = folder / "pcap" / expected.stem
        mine = Counter(
            (ends, record[JA4])
            for ends, listed in records(capture).items()
            for record in listed
            if record.get(JA4) is not None
        )
        assert mine == Counter(snapshot(expected)), capture.name


def snapshot(path: pathlib.Path) -> Iterable[tuple[Ends, str]]:
    """Yield ends and JA4 of the streams that have one."""
    for entry in path.read_text(encoding="utf-8").split("\n- stream:")[1:]:
        said = dict(re.findall(r"^  (\w+): (.*)$", entry, re.MULTILINE))
        if "ja4" in said:
            ends = ((said[side], int(said[f"{side}_port"])) for side in ("src", "dst"))
            yield frozenset(ends), said["ja4"]


NDPI = {"JA3C": JA3, "JA3S": JA3S, "Hostname/SNI": NAME, "Certificate SHA-1": SHA1}
_PADDED = "two zero octets of padding stand in the stream before the hello, where nDPI skips them"
EXPLAINED: Mapping[tuple[str, str], str] = {
    **{("heuristic_tcp_ack_payload.pcap", field): _PADDED for field in NDPI.values()},
    ("smtp-starttls.pcap", NAME): "the host of SMTP's greeting; the hello asks for no name",
    ("steam.pcapng", JA3S): "nDPI takes the request for another hello for the server's hello",
    ("stun_zoom.pcapng", JA3S): "STUN takes most of the payloads that are kept of a flow",
    ("stun_zoom.pcapng", SHA1): "STUN takes most of the payloads that are kept of a flow",
    ("yandex.pcapng", SHA1): "the certificate lies in a frame longer than what is kept of one",
}
"""Why a field of a capture differs from that of nDPI."""


def test_fingerprints_names_and_certificates_are_those_of_ndpi() -> None:
    compared: Counter[str] = Counter()
    differing = []
    for expected in sorted(testdata("captures", "ndpi", "expected").glob("*.out")):
        text = expected.read_text(encoding="utf-8", errors="replace")
        capture = testdata("captures", "ndpi", "pcap", expected.stem)
        for line in text.splitlines():
            flow = re.match(r"\t\d+\t(TCP|UDP) (\S+) <?-> (\S+) ", line)
            if flow is None or not re.search(r"\[JA3[CS]: \w{32}", line):
                continue
            ends = frozenset((ndpi.endpoint(flow[2]), ndpi.endpoint(flow[3])))
            for name, field in NDPI.items():
                theirs = (ndpi.field_of(line, name) or "").partition(" ")[0].replace(":", "")
                if theirs and (capture.name, field) not in EXPLAINED:
                    compared[field] += 1
                    mine = values(capture, ends, field)
                    if theirs not in mine:
                        differing.append((capture.name, flow[0], field, theirs, mine))
    assert not differing, "\n".join(map(str, differing))
    assert compared[JA3] > 300, compared


ARKIME = {
    ("tls", "ja3"): JA3,
    ("tls", "ja3s"): JA3S,
    ("tls", "ja4"): JA4,
    ("tls", "cipher"): "tls.cipher",
    ("ssh", "hassh"): HASSH,
    ("ssh", "hasshServer"): HASSH_SERVER,
    ("quic", "version"): "quic.version",
}


def test_handshakes_are_those_of_arkime() -> None:
    compared: Counter[str] = Counter()
    differing = []
    for expected in sorted(testdata("captures", "arkime").glob("*.test")):
        capture = expected.with_suffix(".pcap")
        if capture.name == INSIDE_OPENVPN:
            continue
        for body in arkime.sessions(expected):
            ends = frozenset((body[side]["ip"], body[side].get("port", 0)) for side in SIDES)
            for (group, name), field in ARKIME.items():
                theirs = set(body.get(group, {}).get(name, ()))
                if theirs:
                    compared[field] += 1
                    mine = values(capture, ends, field)
                    if not theirs <= mine:
                        differing.append((capture.name, sorted(ends), field, theirs, mine))
    assert not differing, "\n".join(map(str, differing))
    assert compared[JA4] > 20, compared


SIDES = ("source", "destination")
INSIDE_OPENVPN = "openvpn_synthetic.pcap"
"""Its handshakes lie in packets of OpenVPN, which is not read."""

ZEEK = {
    "ssl": {
        "version": "tls.version",
        "cipher": "tls.cipher",
        "curve": "tls.curve",
        "server_name": NAME,
        "resumed": "tls.resumed",
        "established": "tls.established",
        "next_protocol": "tls.next_protocol",
    },
    "ssh": {
        "version": "ssh.version",
        "client": "ssh.client",
        "server": "ssh.server",
        "cipher_alg": "ssh.cipher_alg",
        "mac_alg": "ssh.mac_alg",
        "compression_alg": "ssh.compression_alg",
        "kex_alg": "ssh.kex_alg",
        "host_key_alg": "ssh.host_key_alg",
        "host_key_fingerprint": "ssh.host_key_fingerprint",
    },
    "quic": {
        "version": "quic.version",
        "client_initial_dcid": "quic.client_initial_dcid",
        "client_scid": "quic.client_scid",
        "server_scid": "quic.server_scid",
        "server_name": NAME,
        "client_protocol": "tls.client.alpn",
    },
}
X509 = {
    "fingerprint": "tls.server.hash.sha256",
    "certificate.version": "tls.server.x509.version_number",
    "certificate.serial": "tls.server.x509.serial_number",
    "certificate.subject": "tls.server.subject",
    "certificate.issuer": "tls.server.issuer",
    "certificate.key_alg": "tls.server.x509.public_key_algorithm",
    "certificate.sig_alg": "tls.server.x509.signature_algorithm",
    "certificate.key_length": "tls.server.x509.public_key_size",
}
ZEEK_WORDS = {"T": "True", "F": "False", "TLSv12": "1.2", "TLSv13": "1.3"}
_UNDER_KEYS = "Zeek does not follow what lies under keys; the client went on under the last ones"
_XMPP = "XMPP takes most of the payloads that are kept of a flow before TLS begins"
XMPP = "tls/xmpp-starttls.pcap"
ZEEK_EXPLAINED = {
    ("quic/chromium-115.0.5790.110-api-cirrus-com.pcap", "tls.established"): _UNDER_KEYS,
    **{(XMPP, f"tls.{field}"): _XMPP for field in ("curve", "resumed", "established")},
}
"""Why a field of a capture differs from that of Zeek."""


def test_handshakes_are_those_of_zeek() -> None:
    differing = []
    compared: Counter[str] = Counter()
    for row in zeek.tests():
        capture = testdata("captures", "zeek", "pcap", row["capture"])
        for name, fields in ZEEK.items():
            path = testdata("captures", "zeek", "expected", row["test"]) / f"{name}.log"
            for said in zeek.log(path) if path.exists() else ():
                ends = frozenset(
                    (said[f"id.{side}_h"], int(said[f"id.{side}_p"])) for side in ("orig", "resp")
                )
                for column, field in fields.items():
                    theirs = said.get(column, "-")
                    if theirs in {"-", "(empty)"} or (row["capture"], field) in ZEEK_EXPLAINED:
                        continue
                    compared[name] += 1
                    mine = {str(one) for one in values(capture, ends, field)}
                    # Zeek keeps the beginning of a fingerprint alone.
                    if not any(one.startswith(ZEEK_WORDS.get(theirs, theirs)) for one in mine):
                        differing.append((row["capture"], field, theirs, mine))
    assert not differing, "\n".join(map(str, differing))
    assert set(compared) == set(ZEEK), compared


def test_certificates_are_those_of_zeek() -> None:
    compared = 0
    for row in zeek.tests():
        # The certificate of RDP's own security is none of TLS.
        if "ssl.log" not in row["logs"] or row["capture"] == XMPP:
            continue
        path = testdata("captures", "zeek", "expected", row["test"]) / "x509.log"
        capture = testdata("captures", "zeek", "pcap", row["capture"])
        for said in zeek.log(path) if path.exists() else ():
            if said.get("host_cert") != "T":
                continue
            mine = next(
                record
                for listed in records(capture).values()
                for record in listed
                if record.get("tls.server.hash.sha256") == said["fingerprint"].upper()
            )
            for column, field in X509.items():
                theirs = said[column].upper() if column == "fingerprint" else said[column]
                assert str(mine[field]) == theirs, (row["capture"], field)
            compared += 1
    assert compared


TSHARK = ("tls.handshake.ja3", "tls.handshake.ja3s", "ssh.kex.hassh", "ssh.kex.hasshserver")
TSHARK_CAPTURES = (
    "ndpi/pcap/firefox.pcap",
    "arkime/ssh2.pcap",
    "ndpi/pcap/tls_certificate_too_long.pcap",
)


@pytest.mark.parametrize("name", TSHARK_CAPTURES)
def test_fingerprints_are_those_of_tshark(name: str) -> None:
    tshark = shutil.which("tshark")
    if tshark is None:
        missing("tshark is not installed")
        return
    capture = testdata("captures", *name.split("/"))
    listed = [word for field in TSHARK for word in ("-e", field)]
    told = subprocess.run(
        [tshark, "-r", str(capture), "-T", "fields", *listed],
        capture_output=True,
        text=True,
        check=True,
    )
    columns = zip(*(line.split("\t") for line in told.stdout.splitlines()), strict=True)
    for field, theirs in zip((JA3, JA3S, HASSH, HASSH_SERVER), columns, strict=True):
        mine = {one for ends in records(capture) for one in values(capture, ends, field)}
        assert mine == {value for cell in theirs for value in cell.split(",") if value}
