"""Relations: which part of a package belongs to which (ISO/IEC 29500-2, 9.3)."""

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sensors.content.office.markup import attribute, events
from sensors.content.office.package import Package
from sensors.content.reader import Undone

_FARTHEST = 3
"""Steps from a sheet or slide to what is its own: drawing, chart, colours of the chart."""


@dataclass(frozen=True, slots=True)
class Relation:
    """One relation. `kind` is the last step of its type; `target` a part of the package."""

    identifier: str
    kind: str
    target: str


def relations(package: Package, part: str) -> Iterator[Relation]:
    """Yield what a part is related to inside the package; nothing where the list is damaged."""
    folder, _, name = part.rpartition("/")
    listed = f"{folder}/_rels/{name}.rels" if folder else f"_rels/{name}.rels"
    if not package.has(listed):
        return
    try:
        with package.open(listed) as source:
            for _, _, element in events(source, ("Relationship",)):
                if attribute(element, "TargetMode") != "External":
                    yield Relation(
                        attribute(element, "Id"),
                        attribute(element, "Type").rpartition("/")[2],
                        _located(folder, attribute(element, "Target")),
                    )
    except Undone:
        return


def _located(folder: str, target: str) -> str:
    path = target if target.startswith("/") else f"{folder}/{target}"
    return posixpath.normpath(path.replace("\\", "/")).lstrip("/").lower()


def owners(package: Package, roots: Mapping[str, str]) -> dict[str, str]:
    """Return for each part that hangs on a root, over few steps, the value of that root."""
    owned: dict[str, str] = {}
    for root, value in roots.items():
        reached = [root]
        for _ in range(_FARTHEST):
            found = {step.target for part in reached for step in relations(package, part)}
            reached = [part for part in found if part not in owned and part not in roots]
            owned |= dict.fromkeys(reached, value)
    return owned
