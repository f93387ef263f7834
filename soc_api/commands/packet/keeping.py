"""`citywatch packets`: the packets that are kept as evidence of an alert."""

import json
import os
import pathlib
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from soc_api.commands.options import ConfigOption, DataOption, JsonOption, StoreOption, settings_of
from soc_api.terminal import complain, say

if TYPE_CHECKING:
    from situation.state.tables import PacketSlice
    from soc_api.wiring import City

ACTOR = "cli"


def packets_command(
    alert_id: Annotated[str, typer.Argument(help="Id of the alert.", metavar="ALERT_ID")],
    *,
    out: Annotated[
        str, typer.Option("--out", help="New file for the capture (pcap); - for standard output.")
    ],
    config: ConfigOption = None,
    store: StoreOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write the packets behind an alert as a small capture, and print its SHA-256.

    They were kept when the alert was raised, and are what its record names. Where none are kept
    yet they are cut out of the captures that were replayed, or of what the sensor keeps of live
    traffic, as long as these are there. Every such reading is in the audit.

    Example: citywatch packets 6f0c2b... --out evidence.pcap
    """
    from soc_api.wiring import open_city

    path = pathlib.Path(out)
    _check_room(path, out)
    with open_city(settings_of(config, store, data)) as city:
        kept = kept_packets(city, alert_id)
    _write(path, out, kept.content)
    if out == "-":
        complain(f"{kept.packets} packets, SHA-256 {kept.sha256}")
    elif as_json:
        told = {"alert": alert_id, "packets": kept.packets, "sha256": kept.sha256, "file": out}
        say(json.dumps(told, ensure_ascii=False))
    else:
        say(f"{kept.packets} packets in {out}")
        say(f"SHA-256 {kept.sha256}")


def _check_room(path: pathlib.Path, out: str) -> None:
    """Refuse before anything is read what could not be written."""
    from situation.faults import Misconfigured

    if out != "-" and path.exists():
        raise Misconfigured("is there already; evidence overwrites nothing", where=out)
    if out != "-" and not os.access(path.parent, os.W_OK):
        raise Misconfigured("cannot be written: no folder that we may write to", where=out)


def kept_packets(city: "City", alert_id: str, action: str = "alert.packets") -> "PacketSlice":
    """Return the packets that are kept of an alert, cut out now if they can be; audit `action`.

    Raises Malformed where there is no such alert, and where nothing holds its packets any more.
    """
    from situation.faults import Malformed
    from situation.state.store import audit
    from situation.state.tables import Alert, PacketSlice
    from soc_api.slices import Slices

    with city.state.reading() as session:
        alert = session.get(Alert, alert_id)
    if alert is None:
        raise Malformed("there is no such alert", where=alert_id)
    Slices(city).keep([alert_id], alert.drill_id)
    with city.state.transaction() as session:
        kept = session.get(PacketSlice, alert_id)
        if kept is None:
            raise Malformed(_reason(alert.evidence_dataset), where=alert_id)
        audit(
            session,
            city.clock.now(),
            ACTOR,
            action,
            kind="alert",
            object_id=alert_id,
            sha256=kept.sha256,
        )
        session.expunge(kept)
    return kept


def _reason(dataset: str) -> str:
    from situation.events.dataset import FINDING, LOG

    if dataset in (LOG, FINDING):
        return "no packets tell of it: it was raised by a log or a scan of data"
    return (
        "no packets are kept of it: no capture that was replayed, and nothing that the sensor "
        "keeps of live traffic, holds them any more"
    )


def _write(path: pathlib.Path, out: str, content: bytes) -> None:
    from situation.faults import Misconfigured

    if out == "-":
        sys.stdout.buffer.write(content)
        return
    try:
        with path.open("xb") as file:
            file.write(content)
    except OSError as error:
        raise Misconfigured(f"cannot be written: {error.strerror}", where=out) from error
