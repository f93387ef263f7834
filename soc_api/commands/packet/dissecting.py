"""`citywatch dissect`: what tshark makes of a capture, or of the packets behind an alert."""

import json
import pathlib
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from soc_api.commands.options import ConfigOption, DataOption, JsonOption, StoreOption, settings_of
from soc_api.terminal import complain, live, say

if TYPE_CHECKING:
    from sensors.microscope.tree import Node
    from sensors.microscope.tshark import Dissected

ACTION = "alert.dissect"
_MOST = 10_000
_PARTIAL = {
    "packets": "more packets fit: --packets N shows more",
    "time": "tshark took too long and was ended",
    "output": "tshark told too much and was ended",
    "unreadable": "what tshark wrote breaks off",
    "killed": "tshark was killed, as by a limit of memory or processor time",
    "failed": "tshark failed",
    "damaged": "the packed file is cut or corrupt",
}
"""Why a result is a part."""


def dissect_command(
    target: Annotated[
        str, typer.Argument(help="A capture, or the id of an alert.", metavar="FILE_OR_ALERT_ID")
    ],
    *,
    display_filter: Annotated[
        str, typer.Option("--filter", help="Display filter of Wireshark, such as 'dns && ip'.")
    ] = "",
    packets: Annotated[
        int, typer.Option("--packets", min=1, max=_MOST, help="Packets that are shown at most.")
    ] = 20,
    config: ConfigOption = None,
    store: StoreOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take packets apart with tshark, whatever their protocol, and show them as trees.

    tshark runs in a sandbox: without a network, without files to write, with limits of memory and
    time. Where it fails or is ended, what it told before is shown, and why there is no more. Who
    looks at the packets of an alert is in the audit.

    Example: citywatch dissect night.pcap --filter 'tls.handshake.type == 1' --packets 5
    """
    from sensors.microscope.tshark import dissect

    capture = _capture(target, config, store, data)
    with live() as show:
        show("tshark looks at the packets")
        found = dissect(capture, display_filter=display_filter, most_packets=packets)
    if as_json:
        say(json.dumps(document(found), ensure_ascii=False, indent=2))
    else:
        _show(found)
    if found.complete and not found.packets:
        complain(f"{target}: no packet passes the filter" if display_filter else "no packets")
    if not found.complete:
        complain(f"this is a part: {_PARTIAL[found.reason]}{_told(found)}")
    if found.walls == "limits":
        complain("tshark ran with limits alone, since bubblewrap is not there (or may do nothing)")


def document(found: "Dissected") -> dict[str, object]:
    """Return the result as plain values."""
    return {
        "packets": [packet.document() for packet in found.packets],
        "complete": found.complete,
        "reason": found.reason,
        "words": found.words,
        "sandbox": found.walls,
    }


def _capture(
    target: str, config: pathlib.Path | None, store: str | None, data: pathlib.Path | None
) -> pathlib.Path | bytes:
    """Return the file that is meant, or else the packets of the alert of this id."""
    from situation.faults import Malformed
    from soc_api.commands.packet.keeping import kept_packets
    from soc_api.wiring import open_city

    path = pathlib.Path(target)
    if path.is_file():
        return path
    if path.exists() or "/" in target or "." in target:
        raise Malformed("is no file", where=target)
    with open_city(settings_of(config, store, data)) as city:
        return kept_packets(city, target, ACTION).content


def _told(found: "Dissected") -> str:
    return f" ({found.words})" if found.words else ""


def _show(found: "Dissected") -> None:
    for packet in found.packets:
        ends = f"{packet.source} → {packet.destination}" if packet.source else ""
        head = (str(packet.number), packet.time, ends, packet.protocol, f"{packet.octets} octets")
        say("  ".join(word for word in head if word))
        for line in branches(packet.layers):
            say(line)


def branches(nodes: Sequence["Node"], before: str = "") -> Iterator[str]:
    """Yield nodes and what is inside them as the lines of a tree."""
    for number, node in enumerate(nodes, start=1):
        last = number == len(nodes)
        yield f"{before}{'└── ' if last else '├── '}{node.text}"
        yield from branches(node.inside, before + ("    " if last else "│   "))
