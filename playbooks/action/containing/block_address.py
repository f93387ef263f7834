"""block_address: an address or a network is kept out at the border for a time."""

from typing import Annotated

from pydantic import Field, StrictInt, field_validator

from playbooks.action.action import Action, Effect, Guarantee, Outcome, Parameters, Scene
from playbooks.action.intent import Intent
from playbooks.action.parameter import Line, NamedLine, Switch, taking
from playbooks.cacao.playbook import Words
from playbooks.measure.machine import BLOCK_ADDRESS as KIND
from playbooks.measure.safety import guard_of, refuse_network
from playbooks.measure.target import network_of
from playbooks.measure.wish import Wish, carried_out, intended, taken_back
from playbooks.measure.witness import hosts_near_network
from situation.assets import Network
from situation.faults import Malformed


class BlockParameters(Parameters):
    """Which address, for how long and where. `points` empty: all that can hold it.

    `private` says that a private address is meant; one of the asset table is refused even so.
    """

    address: NamedLine
    hours: Annotated[StrictInt, Field(ge=1, le=720)] = 24
    points: Annotated[tuple[Line, ...], Field(max_length=32)] = ()
    private: Switch = False
    reason: Line = ""

    @field_validator("address")
    @classmethod
    def _is_a_network(cls, text: str) -> str:
        try:
            return str(network_of(text))
        except Malformed as fault:
            raise ValueError(fault.reason) from fault


def _checked(scene: Scene, given: BlockParameters) -> tuple[Network, Wish]:
    network = network_of(given.address)
    wish = Wish(
        kind=KIND,
        target=str(network),
        hours=given.hours,
        points=given.points,
        reason=given.reason,
    )
    guard = guard_of(scene.plan, scene.assets, scene.points)
    refuse_network(network, guard, private=given.private)
    return network, wish


def _intend(scene: Scene, given: BlockParameters) -> Intent:
    network, wish = _checked(scene, given)
    is_single = network.prefixlen == network.max_prefixlen
    name = str(network.network_address) if is_single else str(network)
    hosts = hosts_near_network(scene.session, network, drill_id=scene.drill_id, now=scene.now)
    return intended(
        scene,
        wish,
        command=f"deny ip {network} both",
        what=Words(
            f"两个方向都丢弃与 {name} 的通信", f"drop traffic with {name} in both directions"
        ),
        hosts=hosts,
    )


def _block(scene: Scene, given: BlockParameters) -> Outcome:
    return carried_out(scene, _checked(scene, given)[1])


BLOCK_ADDRESS = Action(
    name=KIND,
    words=Words("边界封禁地址", "block an address at the border"),
    effect=Effect.CONTAIN,
    guarantee=Guarantee.INSIDE,
    parameters=BlockParameters,
    outputs={"measure": "string", "until": "string"},
    intend=taking(BlockParameters, _intend),
    inside=taking(BlockParameters, _block),
    undo_inside=taken_back,
)
