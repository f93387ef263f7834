"""packet_slice: the packets behind an incident's alerts are kept as evidence, with their hash."""

import json

import sqlalchemy as sa

from playbooks.action.action import (
    Action,
    Effect,
    Errand,
    Guarantee,
    Outcome,
    Parameters,
    Scene,
)
from playbooks.action.intent import Intent
from playbooks.action.parameter import Line, taking
from playbooks.action.phrase import AT_ONCE, NOBODY
from playbooks.cacao.playbook import Words
from situation.events.dataset import LOG
from situation.state.tables import Alert, PacketSlice

_KEPT = Words("证据不删除，重复执行不改变", "evidence stays; a repeat changes nothing")


class PacketSliceParameters(Parameters):
    """`incident` empty is the one that the run is about."""

    incident: Line = ""


def _intend(scene: Scene, given: PacketSliceParameters) -> Intent:
    incident_id = given.incident or scene.object_id
    # What a log tells has no packets.
    metered = Alert.evidence_dataset != LOG
    alerts = sa.select(Alert.id).where(Alert.incident_id == incident_id, metered)
    kept = sa.select(PacketSlice.alert_id).where(PacketSlice.alert_id.in_(alerts))
    count, there = len(scene.session.scalars(alerts).all()), len(scene.session.scalars(kept).all())
    return Intent(
        command=f"packet_slice incident={incident_id} alerts={count}",
        what=Words(
            f"留存 {count} 条告警的原始报文，其中 {there} 条已留存",
            f"keep the packets behind {count} alerts; those of {there} are kept already",
        ),
        how_long=AT_ONCE,
        undo=_KEPT,
        touches=NOBODY,
        unknown=("count", "hashes"),
    )


def _slice(errand: Errand, given: PacketSliceParameters) -> Outcome:
    slices = errand.means.slices
    incident_id = given.incident or errand.object_id
    kept = slices.keep(slices.alerts_of(incident_id, errand.drill_id), errand.drill_id)
    hashes = [kept[alert_id] for alert_id in sorted(kept)]
    return Outcome(
        outputs={"count": str(len(hashes)), "hashes": json.dumps(hashes)},
        told=Words(f"留存报文 {len(hashes)} 份", f"{len(hashes)} slices are kept"),
    )


PACKET_SLICE = Action(
    name="packet_slice",
    words=Words("留存报文", "keep the packets"),
    effect=Effect.READ,
    guarantee=Guarantee.KEYED,
    parameters=PacketSliceParameters,
    outputs={"count": "integer", "hashes": "list"},
    intend=taking(PacketSliceParameters, _intend),
    outside=taking(PacketSliceParameters, _slice),
    in_drills=True,
)
