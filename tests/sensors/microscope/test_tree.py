from lxml import etree

from sensors.microscope.tree import Node, Packet, packet_of

FRAME = '<proto name="frame" showname="Frame 1"/>'


def packet(inner: str, general: str = "") -> Packet:
    return packet_of(
        etree.fromstring(f'<packet><proto name="geninfo">{general}</proto>{inner}</packet>')
    )


def test_a_field_keeps_its_name_its_sentence_and_its_value() -> None:
    made = packet(
        '<proto name="ip" showname="Internet Protocol"><field name="ip.ttl" '
        'showname="Time to Live: 64" show="64" value="40"><field name="" show="a note"/></field>'
        '<field name="ip.hidden" hide="yes" show="1"/></proto>'
    )
    note = Node("", "a note", "a note", ())
    ttl = Node("ip.ttl", "Time to Live: 64", "64", (note,))
    assert made.layers == (Node("ip", "Internet Protocol", "", (ttl,)),)
    assert made.document()["layers"] == [
        {
            "name": "ip",
            "text": "Internet Protocol",
            "inside": [
                {
                    "name": "ip.ttl",
                    "text": "Time to Live: 64",
                    "value": "64",
                    "inside": [{"name": "", "text": "a note", "value": "a note"}],
                }
            ],
        }
    ]


def test_what_stands_in_no_protocol_of_its_own_is_shown_where_it_stands() -> None:
    made = packet('<proto name="fake-field-wrapper"><field name="data" show="00"/></proto>')
    assert made.layers == (Node("data", "00", "00", ()),)


def test_the_innermost_protocol_and_addresses_count() -> None:
    def layer(name: str, source: str, destination: str) -> str:
        return (
            f'<proto name="{name}" showname="{name.upper()}"><field name="{name}.src" '
            f'show="{source}"/><field name="{name}.dst" show="{destination}"/></proto>'
        )

    tunnel = layer("eth", "m", "n") + layer("ip", "a", "b") + layer("ipv6", "c", "d")
    made = packet(tunnel + '<proto name="data"/><proto name="_ws.malformed"/>')
    assert (made.source, made.destination) == ("c", "d")
    assert (made.protocol, made.summary) == ("ipv6", "IPV6, c")
    assert packet('<proto name="data" showname="Data"/>').protocol == "data"


def test_a_protocol_that_says_its_name_alone_is_summed_up_by_what_is_first_in_it() -> None:
    hello = '<field name="tls.record" showname="Record Layer: Hello"/>'
    named = packet(f'<proto name="tls" showname="Transport Layer Security">{hello}</proto>')
    assert named.summary == "Transport Layer Security, Record Layer: Hello"
    telling = packet(f'<proto name="dns" showname="Domain Name System (query)">{hello}</proto>')
    assert telling.summary == "Domain Name System (query)"


def test_a_packet_that_says_nothing_of_itself_is_no_fault() -> None:
    empty = packet("")
    assert (empty.number, empty.time, empty.octets, empty.protocol) == (0, "", 0, "")
    assert (empty.source, empty.summary) == ("", "")


def test_times_have_nine_digits_whatever_was_written() -> None:
    def time(value: str) -> str:
        return packet("", f'<field name="timestamp" value="{value}"/>').time

    assert time("1700000000.5") == "2023-11-14T22:13:20.500000000Z"
    assert time("1700000000.123456789") == "2023-11-14T22:13:20.123456789Z"
    assert time("99999999999999999.0") == time("soon") == time("-1.5") == ""
