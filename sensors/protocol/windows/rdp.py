"""RDP before encryption (MS-RDPBCGR 2.2.1).

The connection request with its cookie, the protocols of security, and where nothing encrypts
them, what client and server say of themselves.
"""

from collections.abc import Iterator

from sensors.protocol.cursor import Cursor
from sensors.protocol.industry.transport import CONFIRM, CONNECT, DATA, KIND_AT, packet_length
from sensors.protocol.parser import DONE, HANDOVER, Fields, Message, Parser, Sample, Session
from sensors.protocol.text import text_of
from situation.faults import Malformed

NAME = "rdp"

_HEAD_OCTETS = 11
_VERSION = b"\x03\x00"
_REQUEST, _ANSWER, _FAILURE = 1, 2, 3
_NEGOTIATION_OCTETS = 8
_COOKIE, _TOKEN = b"Cookie: mstshash=", b"Cookie: msts="
_PROTOCOLS = {1: "tls", 2: "credssp", 4: "rdstls", 8: "credssp_early_auth", 16: "aad"}
_FAILURES = {
    1: "ssl_required_by_server", 2: "ssl_not_allowed_by_server", 3: "ssl_cert_not_on_server",
    4: "inconsistent_flags", 5: "hybrid_required_by_server",
    6: "ssl_with_user_auth_required_by_server",
}  # fmt: skip
_CLIENT_KEY, _SERVER_KEY = b"Duca", b"McDn"
_CLIENT_CORE, _CLIENT_NETWORK, _SERVER_CORE, _SERVER_SECURITY = 0xC001, 0xC003, 0x0C01, 0x0C02
_BLOCKS_LIMIT, _CHANNELS_LIMIT = 16, 31
_CHANNEL_OCTETS = 8
_NAME_OCTETS, _PRODUCT_OCTETS = 32, 64
_PRODUCT_AT = 142
_METHODS = {0: "none", 1: "40bit", 2: "128bit", 8: "56bit", 16: "fips"}
_LEVELS = ("none", "low", "client_compatible", "high", "fips")
_ASKED = "asked_rdp"


def _begins(octets: bytes, from_client: bool) -> bool:  # noqa: FBT001 - as Parser has it
    if len(octets) < _HEAD_OCTETS or octets[:2] != _VERSION:
        return False
    if octets[KIND_AT] != (CONNECT if from_client else CONFIRM):
        return False
    if not from_client:
        return len(octets) == _HEAD_OCTETS or _negotiation(octets)[0] in {_ANSWER, _FAILURE}
    bare = len(octets) == _HEAD_OCTETS
    return (
        bare or octets.startswith(b"Cookie: ", _HEAD_OCTETS) or _negotiation(octets)[0] == _REQUEST
    )


def _negotiation(octets: bytes) -> tuple[int, int]:
    """Return kind and value of the negotiation at the end, 0 without one (2.2.1.1.1)."""
    end = octets[-_NEGOTIATION_OCTETS:]
    if len(octets) < _HEAD_OCTETS + _NEGOTIATION_OCTETS or end[2:4] != b"\x08\0":
        return 0, 0
    return end[0], int.from_bytes(end[4:], "little")


def _read(message: Message) -> Iterator[Fields]:
    octets, session = message.octets, message.session
    if len(octets) <= KIND_AT + 1 or octets[:2] != _VERSION:
        raise Malformed("it is no packet of RDP", where="message")
    kind = octets[KIND_AT] & 0xF0
    if kind == CONNECT and message.from_client:
        session[_ASKED] = dict(_request(octets))
    elif kind == CONFIRM and not message.from_client:
        yield {**_asked(session), **_confirmed(octets, session)}
    elif kind == DATA:
        yield from _settings(octets, session, from_client=message.from_client)


def _asked(session: Session) -> dict[str, object]:
    asked = session.pop(_ASKED, None)
    return asked if isinstance(asked, dict) else {}


def _request(octets: bytes) -> Fields:
    fields: dict[str, object] = {"event.action": "rdp_connect"}
    end = octets.find(b"\r\n", _HEAD_OCTETS)
    line = octets[_HEAD_OCTETS : len(octets) if end < 0 else end]
    if line.startswith(_COOKIE):
        cookie = text_of(line[len(_COOKIE) :])
        fields |= {"rdp.cookie": cookie, "user.name": cookie.strip()}
    elif line.startswith(_TOKEN):
        fields["rdp.routing_token"] = text_of(line[len(_TOKEN) :])
    kind, asked = _negotiation(octets)
    if kind == _REQUEST:
        fields["rdp.requested_protocols"] = [
            "rdp", *(name for bit, name in _PROTOCOLS.items() if asked & bit)
        ]  # fmt: skip
    return fields


def _confirmed(octets: bytes, session: Session) -> Fields:
    kind, value = _negotiation(octets)
    fields: dict[str, object] = {"event.action": "rdp_connect"}
    if kind == _FAILURE:
        reason = _FAILURES.get(value, f"failure_{value}")
        return {**fields, "event.outcome": "failure", "event.reason": reason}
    chosen = _PROTOCOLS.get(value, "rdp") if kind == _ANSWER else "rdp"
    if chosen != "rdp":
        session[HANDOVER] = "tls"
    return {**fields, "event.outcome": "success", "rdp.security_protocol": chosen}


def _settings(octets: bytes, session: Session, *, from_client: bool) -> Iterator[Fields]:
    """Yield what the first data of a side say; after those of the server all is encrypted."""
    at = octets.find(_CLIENT_KEY if from_client else _SERVER_KEY)
    if at < 0:
        return
    told: dict[str, object] = {}
    for kind, block in _blocks(octets, at + len(_CLIENT_KEY)):
        if kind == _CLIENT_CORE:
            told |= _client(block)
        elif kind == _CLIENT_NETWORK:
            told["rdp.channels"] = _channels(block)
        elif kind == _SERVER_SECURITY:
            told |= _security(block)
    if not from_client:
        session[DONE] = True
    if told:
        yield {"event.action": "rdp_client" if from_client else "rdp_server", **told}


def _blocks(octets: bytes, at: int) -> Iterator[tuple[int, Cursor]]:
    """Yield kinds and contents of user data blocks behind a key and their length in PER."""
    cursor = Cursor(octets, at)
    cursor.skip(1 if cursor.octet() & 0x80 else 0)
    for _ in range(_BLOCKS_LIMIT):
        if cursor.left < 4:  # noqa: PLR2004 - kind and length
            return
        kind, length = cursor.little(2), cursor.little(2)
        yield kind, cursor.part(min(max(length - 4, 0), cursor.left))


def _client(block: Cursor) -> Fields:
    """Return what the client core data say (2.2.1.3.2)."""
    begin = block.at
    block.skip(4)
    width, height = block.little(2), block.little(2)
    block.skip(4)
    keyboard, build = block.little(4), block.little(4)
    name = _until_zero(block.take(_NAME_OCTETS))
    fields: dict[str, object] = {
        "rdp.desktop_width": width,
        "rdp.desktop_height": height,
        "rdp.keyboard_layout": f"0x{keyboard:08x}",
        "rdp.client_build": build,
        "rdp.client_name": name,
    }
    block.at = min(begin + _PRODUCT_AT, block.end)
    if block.left >= _PRODUCT_OCTETS:
        fields["rdp.client_product_id"] = _until_zero(block.take(_PRODUCT_OCTETS))
    return fields


def _until_zero(octets: bytes) -> str:
    """Return the text of a field that zeros fill up."""
    return text_of(octets, "utf-16-le").partition("\N{REPLACEMENT CHARACTER}")[0]


def _channels(block: Cursor) -> list[str]:
    """Return the names of the channels that the client asks for (2.2.1.3.4)."""
    names: list[str] = []
    for _ in range(min(block.little(4), _CHANNELS_LIMIT)):
        names.append(text_of(block.take(_CHANNEL_OCTETS).partition(b"\0")[0]))
        block.skip(4)
    return names


def _security(block: Cursor) -> Fields:
    """Return what the server security data say (2.2.1.4.3)."""
    method, level = block.little(4), block.little(4)
    return {
        "rdp.encryption_method": _METHODS.get(method, str(method)),
        "rdp.encryption_level": _LEVELS[level] if level < len(_LEVELS) else str(level),
    }


def _finish(session: Session) -> Iterator[Fields]:
    asked = _asked(session)
    if asked:
        yield asked


PARSER = Parser(
    name=NAME,
    standard="MS-RDPBCGR, X.224",
    transport="tcp",
    ports=(3389,),
    begins=_begins,
    length=packet_length,
    read=_read,
    finish=_finish,
    anywhere=True,
    first=frozenset(_VERSION[:1]),
    fields=(
        "event.action",
        "event.outcome",
        "event.reason",
        "user.name",
        "rdp.cookie",
        "rdp.routing_token",
        "rdp.requested_protocols",
        "rdp.security_protocol",
        "rdp.desktop_width",
        "rdp.desktop_height",
        "rdp.keyboard_layout",
        "rdp.client_build",
        "rdp.client_name",
        "rdp.client_product_id",
        "rdp.channels",
        "rdp.encryption_method",
        "rdp.encryption_level",
    ),
    samples=(
        Sample(
            bytes.fromhex("03000013 0e d0 0000 1234 00 02 1f 0800 02000000"),
            {
                "event.action": "rdp_connect",
                "rdp.security_protocol": "credssp",
                "event.outcome": "success",
            },
            from_client=False,
        ),
    ),
)
