"""What is told of a handshake: one record with the fields of ECS, and ours."""

from collections.abc import Mapping
from typing import Final

from sensors.protocol.secure import certificate
from sensors.protocol.secure.fingerprint import ja3, ja3s, ja4
from sensors.protocol.secure.handshake import Handshake
from sensors.protocol.secure.hello import (
    ENCRYPTED_HELLO,
    ENCRYPTED_NAME,
    PRE_SHARED_KEY,
    ClientHello,
    ServerHello,
    application_protocols,
    chosen_group,
    server_name,
)
from sensors.protocol.secure.suite import suite_name, suite_names
from sensors.protocol.secure.vocabulary import group_name, version_of
from sensors.protocol.text import text_of

_HASHES = ("sha1", "sha256")
_SSL_2 = 0x0002
_MOST_NAMES = 256

FIELDS: Final = (
    "@timestamp", "event.action", "tls.version", "tls.version_protocol", "tls.cipher",
    "tls.curve", "tls.established", "tls.resumed", "tls.next_protocol", "tls.alerts",
    "tls.client.server_name", "tls.client.ja3", "tls.client.supported_ciphers",
    "tls.client.alpn", "tls.client.encrypted_hello", "tls.server.ja3s",
    "citywatch.tls.client.ja4", "related.hash",
    *(f"tls.{side}.{name}" for side in ("server", "client") for name in certificate.FIELDS),
    "tls.server.encryption.subject", "tls.server.encryption.hash.sha256",
    *(f"tls.{side}.chain.hash.{name}" for side in ("server", "client") for name in _HASHES),
)  # fmt: skip
"""Fields that a record of a handshake may hold."""

_FINGERPRINTS = (
    "tls.client.ja3", "citywatch.tls.client.ja4", "tls.server.ja3s", "tls.server.hash.sha1",
    "tls.server.hash.sha256", "tls.client.hash.sha1", "tls.client.hash.sha256",
    "tls.server.encryption.hash.sha256",
)  # fmt: skip


def description(handshake: Handshake) -> dict[str, object]:
    """Return the record of a handshake: what was heard of it, and nothing that was not."""
    said: dict[str, object] = {"event.action": "tls_handshake"}
    if handshake.begun is not None:
        said["@timestamp"] = handshake.begun
    if handshake.client is not None:
        said |= _offered(handshake.client, handshake.carrier)
    if handshake.server is not None:
        said |= _chosen(handshake.server)
        said |= _outcome(handshake, handshake.server)
    if handshake.is_over:
        said["tls.established"] = handshake.established
    if handshake.alerts:
        said["tls.alerts"] = list(handshake.alerts)
    said |= _certificates(handshake)
    said["related.hash"] = [said[name] for name in _FINGERPRINTS if name in said]
    return said


def _offered(hello: ClientHello, carrier: str) -> dict[str, object]:
    listed = hello.ciphers[: 2 * _MOST_NAMES]
    said: dict[str, object] = {"tls.client.supported_ciphers": [*suite_names(listed)]}
    if not hello.is_old:
        said["tls.client.ja3"] = ja3(hello)
        said["citywatch.tls.client.ja4"] = ja4(hello, carrier)
    name = server_name(hello)
    if name is not None:
        said["tls.client.server_name"] = name
    protocols = application_protocols(hello.bodies)
    if protocols:
        said["tls.client.alpn"] = [text_of(one) for one in protocols[:_MOST_NAMES]]
    if ENCRYPTED_HELLO in hello.bodies or ENCRYPTED_NAME in hello.bodies:
        said["tls.client.encrypted_hello"] = True
    return said


def _chosen(hello: ServerHello) -> dict[str, object]:
    protocol, version = version_of(hello.chosen_version)
    said: dict[str, object] = {
        "tls.version": version,
        "tls.version_protocol": protocol,
    }
    if hello.version != _SSL_2:
        said["tls.cipher"] = suite_name(hello.cipher)
        said["tls.server.ja3s"] = ja3s(hello)
    protocols = application_protocols(hello.bodies)
    if protocols:
        said["tls.next_protocol"] = text_of(protocols[0])
    return said


def _outcome(handshake: Handshake, hello: ServerHello) -> dict[str, object]:
    """Return the curve, and whether an old session was taken up."""
    said: dict[str, object] = {}
    curve = chosen_group(hello) or handshake.curve
    if curve is not None and (handshake.is_modern or "ECDH" in suite_name(hello.cipher)):
        said["tls.curve"] = group_name(curve)
    if handshake.is_modern:
        said["tls.resumed"] = PRE_SHARED_KEY in hello.bodies
    elif handshake.certificates.get("server"):
        said["tls.resumed"] = False
    elif handshake.changed:
        said["tls.resumed"] = handshake.changed[0] == "server"
    return said


def _certificates(handshake: Handshake) -> dict[str, object]:
    said: dict[str, object] = {}
    for side, chain in handshake.certificates.items():
        if chain:
            said |= _prefixed(f"tls.{side}.", certificate.described(chain[0]))
        if len(chain) > 1:
            hashes = zip(*map(certificate.fingerprints, chain), strict=True)
            said |= {
                f"tls.{side}.chain.hash.{name}": list(found)
                for name, found in zip(_HASHES, hashes, strict=True)
            }
    server, hello = handshake.certificates.get("server", ()), handshake.server
    if len(server) > 1 and hello is not None and version_of(hello.version)[0] == "tlcp":
        # The first one signs, the second one takes keys (GB/T 38636-2020).
        second = certificate.described(server[1])
        kept = {name: second[name] for name in ("subject", "hash.sha256") if name in second}
        said |= _prefixed("tls.server.encryption.", kept)
    return said


def _prefixed(prefix: str, values: Mapping[str, object]) -> dict[str, object]:
    return {prefix + name: value for name, value in values.items()}
