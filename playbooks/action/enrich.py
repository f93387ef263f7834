"""enrich: what asset table and indicators say of an address, a domain, a URL or a digest."""

import ipaddress
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import sqlalchemy as sa
from pydantic import Field, field_validator

from playbooks.action.action import Action, Effect, Guarantee, Outcome, Parameters, Scene
from playbooks.action.intent import Intent
from playbooks.action.parameter import taking
from playbooks.action.phrase import AT_ONCE, NO_UNDO, NOBODY
from playbooks.cacao.playbook import Words
from situation.assets import UNKNOWN
from situation.events.address import canonical
from situation.state.columns import JsonObject
from situation.state.tables import Indicator

MOST_LABELS = 20
_DIGESTS = {32: "md5", 64: "sha256"}
_HEX = re.compile(r"[0-9a-f]+")
_URL = re.compile(r"(https?|ftp)://\S+", re.IGNORECASE)
_LABEL = r"(?!-)[a-z0-9_-]{1,63}(?<!-)"
_DOMAIN = re.compile(rf"(?=.{{1,253}}$)({_LABEL}\.)+(?![0-9]+$){_LABEL}")
_LONGEST = 2048
_NO_ASSET = Words("资产未知", "asset unknown")
"""Characters of the longest URL that a feed may bring."""


@dataclass(frozen=True, slots=True)
class Observable:
    """A value in the one form in which indicators are kept, and its kind."""

    kind: str
    value: str


def observable_of(text: str) -> Observable | None:
    """Return what a text is: address, domain, url, md5 or sha256; None for anything else."""
    address = canonical(text)
    if address is not None:
        return Observable("address", address)
    if _URL.fullmatch(text) and text.isprintable():
        return Observable("url", text)
    low = text.lower()
    if _HEX.fullmatch(low) and len(low) in _DIGESTS:
        return Observable(_DIGESTS[len(low)], low)
    name = _ascii(low.rstrip("."))
    return Observable("domain", name) if _DOMAIN.fullmatch(name) else None


def _ascii(name: str) -> str:
    try:
        return name.encode("idna").decode()
    except UnicodeError:
        return ""


class EnrichParameters(Parameters):
    """The value that is looked up: an address is also found in networks that are listed."""

    value: Annotated[str, Field(max_length=_LONGEST)]

    @field_validator("value")
    @classmethod
    def _is_observable(cls, text: str) -> str:
        if observable_of(text) is None:
            raise ValueError("is no address, domain, URL, MD5 or SHA-256")
        return text


def _intend(scene: Scene, given: EnrichParameters) -> Intent:
    # A look-up changes nothing, so that its outputs are known without the real run.
    return Intent(
        command=f"enrich {given.value}",
        what=Words(f"查询 {given.value} 的资产与情报", f"look {given.value} up"),
        how_long=AT_ONCE,
        undo=NO_UNDO,
        touches=NOBODY,
        outputs=_found(scene, given),
    )


def _enrich(scene: Scene, given: EnrichParameters) -> Outcome:
    found = _found(scene, given)
    asset = found["asset"]
    known = Words(f"资产 {asset}", f"asset {asset}") if asset != UNKNOWN else _NO_ASSET
    told = Words(
        f"{given.value}：{known.zh}，情报 {found['indicators']} 条",
        f"{given.value}: {known.en}, {found['indicators']} indicators",
    )
    return Outcome(outputs=found, told=told)


def _found(scene: Scene, given: EnrichParameters) -> JsonObject:
    known = observable_of(given.value)
    rows = _indicators(scene, known) if known else []
    labels = list(dict.fromkeys(row.label for row in rows))[:MOST_LABELS]
    return {
        **_asset(scene, known),
        "kind": known.kind if known else "",
        "indicators": str(len(rows)),
        "labels": json.dumps(labels, ensure_ascii=False),
        "confidence": str(max((row.confidence or 0 for row in rows), default=0)),
    }


def _asset(scene: Scene, known: Observable | None) -> JsonObject:
    asset = scene.assets.of(known.value) if known and known.kind == "address" else None
    level = asset.protection_level if asset else None
    return {
        "is_own": json.dumps(asset is not None),
        "asset": asset.name if asset else UNKNOWN,
        "department": asset.department if asset else UNKNOWN,
        "role": asset.role if asset else UNKNOWN,
        "protection_level": str(level or 0),
        "cii": json.dumps(asset is not None and asset.cii),
    }


def _indicators(scene: Scene, known: Observable) -> Sequence[Indicator]:
    begun = sa.or_(Indicator.valid_from.is_(None), Indicator.valid_from <= scene.now)
    lasting = sa.or_(Indicator.valid_until.is_(None), Indicator.valid_until > scene.now)
    mine = sa.and_(Indicator.kind == known.kind, Indicator.value.in_(_spellings(known)))
    wanted = sa.select(Indicator).where(mine, begun, lasting)
    return scene.session.scalars(wanted.order_by(Indicator.source, Indicator.id)).all()


def _spellings(known: Observable) -> list[str]:
    """Return what stands for a value in the table: an address, and every network around it."""
    if known.kind != "address":
        return [known.value]
    address = ipaddress.ip_address(known.value)
    around = (
        ipaddress.ip_network((address, prefix), strict=False)
        for prefix in range(address.max_prefixlen)
    )
    return [known.value, *map(str, around)]


ENRICH = Action(
    name="enrich",
    words=Words("关联资产与情报", "enrich from assets and indicators"),
    effect=Effect.READ,
    guarantee=Guarantee.INSIDE,
    parameters=EnrichParameters,
    outputs={
        "is_own": "bool",
        "asset": "string",
        "department": "string",
        "role": "string",
        "protection_level": "integer",
        "cii": "bool",
        "kind": "string",
        "indicators": "integer",
        "labels": "list",
        "confidence": "integer",
    },
    intend=taking(EnrichParameters, _intend),
    inside=taking(EnrichParameters, _enrich),
)
