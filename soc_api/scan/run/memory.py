"""What is known from earlier scans: which resources are as they were, which content was judged."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from playbooks.finding.catalogue import declarations
from playbooks.finding.verdict import verdict_of
from situation.content.declared import Declared
from situation.content.resource import Resource
from situation.content.verdict import Verdict
from situation.state.store import StateStore
from situation.state.tables import ScannedResource
from soc_api.scan.run.ruleset import Touched, keep_ruleset
from soc_api.scan.target import Target
from soc_api.scan.tools import Tools
from soc_api.wiring import City

_DRAWS = 1_000_000


@dataclass(frozen=True, slots=True)
class Memory:
    """What is known of a target. `declared` tells what its department says about a path."""

    state: StateStore
    target: str
    run_id: str
    touched: Touched
    declared: Callable[[str], Declared | None]
    rehash_percent: float

    def stamp(self, resource: Resource) -> str:
        """Return the stamp that is kept: a change of declaration or zone changes it as well."""
        ground = f"{self.declared(resource.path)}\0{resource.exposure.zone}"
        return f"{resource.stamp}|{hashlib.blake2b(ground.encode(), digest_size=6).hexdigest()}"

    def unchanged(self, resources: Sequence[Resource]) -> frozenset[str]:
        """Return the paths of those that need no reading: same stamp, same rules, not drawn."""
        here = {one.path: one for one in resources if one.stamp}
        if not here:
            return frozenset()
        row = ScannedResource
        wanted = sa.select(row.id, row.path, row.stamp, row.ruleset, row.prefilter_mask)
        # A stretch of the walk lies together in the index of paths, which its ids do not.
        wanted = wanted.where(
            row.target == self.target,
            row.path >= min(here),
            row.path <= max(here),
            row.gone_at.is_(None),
        )
        with self.state.reading() as session:
            there = [one for one in session.execute(wanted) if one.path in here]
        return frozenset(
            known.path
            for known in there
            if known.stamp == self.stamp(here[known.path])
            and not self.touched.touches(known.ruleset, int(known.prefilter_mask, 16))
            and not self._is_drawn(known.id)
        )

    def known(self, content_hash: str) -> Verdict | None:
        """Return the verdict on the same content under the rules of now, of any target.

        One with a mark of secrecy is judged anew, as next to nothing of it is kept; and so is
        what could not be read.
        """
        row = ScannedResource
        wanted = sa.select(row).where(
            row.content_hash == content_hash,
            row.ruleset == self.touched.fingerprint,
            row.marks == 0,
            row.unreadable == 0,
        )
        with self.state.reading() as session:
            found = session.scalars(wanted.limit(1)).first()
            return verdict_of(found) if found else None

    def _is_drawn(self, key: str) -> bool:
        """Tell whether an unchanged resource is read all the same this time."""
        digest = hashlib.blake2b(f"{self.run_id}{key}".encode(), digest_size=4).digest()
        return int.from_bytes(digest, "big") % _DRAWS < self.rehash_percent * _DRAWS / 100


def open_memory(city: City, tools: Tools, target: Target, run_id: str) -> Memory:
    """Return what is known of a target, and keep the ruleset of now."""
    with city.state.transaction() as session:
        touched = keep_ruleset(session, tools.ruleset, city.clock.now())
        declared = declarations(session, target.settings.department, target.name, key=tools.key)
    percent = city.settings.scan.rehash_percent
    return Memory(city.state, target.name, run_id, touched, declared, percent)
