"""SSH: what both sides offer and agree on, and their HASSH."""

import hashlib

from sensors.protocol.parser import LOST, MORE
from sensors.protocol.secure.ssh import PARSER, length
from tests.sensors.protocol.secure.spoken import heard, sized, told

CLIENT_LISTS = (
    "curve25519-sha256,ecdh-sha2-nistp256", "ssh-ed25519,ssh-rsa", "aes128-ctr,aes256-ctr",
    "aes128-cbc", "hmac-sha2-256", "hmac-sha1", "none,zlib", "zlib", "", "",
)  # fmt: skip
SERVER_LISTS = (
    "ecdh-sha2-nistp256,curve25519-sha256", "ssh-rsa", "aes256-ctr,aes128-ctr", "aes128-cbc",
    "hmac-sha1,hmac-sha2-256", "hmac-sha2-512", "zlib,none", "none", "", "",
)  # fmt: skip
BANNERS = (b"SSH-2.0-OpenSSH_9.6\r\n", b"SSH-1.99-Server_1.0\n")
KEY = sized(4, b"ssh-rsa") + sized(4, b"\1\0\1") + sized(4, b"n" * 128)


def packet(kind: int, body: bytes) -> bytes:
    return sized(4, b"\4" + bytes((kind,)) + body + b"\0" * 4)


def offer(lists: tuple[str, ...]) -> bytes:
    return packet(20, b"c" * 16 + b"".join(sized(4, one.encode()) for one in lists) + b"\0" * 5)


def md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def test_an_exchange_is_told_with_the_host_key() -> None:
    said = told(
        PARSER,
        (True, BANNERS[0]),
        (False, BANNERS[1] + offer(SERVER_LISTS)),
        (True, offer(CLIENT_LISTS) + packet(30, sized(4, b"e" * 32))),
        (False, packet(31, sized(4, KEY) + sized(4, b"f" * 32)) + packet(21, b"")),
    )
    assert said["ssh.version"] == "2"
    assert (said["ssh.client"], said["ssh.server"]) == (
        "SSH-2.0-OpenSSH_9.6",
        "SSH-1.99-Server_1.0",
    )
    assert said["ssh.kex_alg"] == "curve25519-sha256"
    assert said["ssh.host_key_alg"] == "ssh-rsa"
    assert said["ssh.cipher_alg"] == "aes128-ctr"
    assert said["ssh.mac_alg"] == "hmac-sha2-256"
    assert said["ssh.compression_alg"] == "none"
    assert str(said["ssh.host_key_fingerprint"]).startswith("SHA256:")
    hassh = md5(
        "curve25519-sha256,ecdh-sha2-nistp256;aes128-ctr,aes256-ctr;hmac-sha2-256;none,zlib"
    )
    server = md5("ecdh-sha2-nistp256,curve25519-sha256;aes128-cbc;hmac-sha2-512;none")
    assert said["related.hash"] == [hassh, server]
    assert (said["citywatch.ssh.hassh"], said["citywatch.ssh.hassh_server"]) == (hassh, server)


def test_one_side_alone_is_told_at_the_end() -> None:
    said = told(PARSER, (True, BANNERS[0] + offer(CLIENT_LISTS)))
    assert "ssh.kex_alg" not in said
    assert "citywatch.ssh.hassh" in said


def test_the_group_of_an_exchange_is_no_host_key() -> None:
    group = packet(31, sized(4, b"\0" + b"\xf3" * 128) + sized(4, b"\2"))
    reply = packet(33, sized(4, KEY) + sized(4, b"f"))
    said = told(PARSER, (False, BANNERS[1]), (False, group), (False, reply))
    assert str(said["ssh.host_key_fingerprint"]).startswith("SHA256:")


def test_the_old_protocol_is_told_by_its_banner() -> None:
    assert heard(PARSER, (False, b"SSH-1.5-1.2.26\n"))[0]["ssh.version"] == "1"


def test_packets_are_cut_by_their_length() -> None:
    whole = offer(CLIENT_LISTS)
    assert length(whole + b"more") == len(whole)
    assert length(whole[:5]) == MORE
    assert length(b"SS") == MORE
    assert length(b"SSH-2.0-unended") == MORE
    assert length(b"SSH-" + b"x" * 300) == LOST
    assert length(b"\xff" * 40) == LOST
