"""The house as a run sees it: plan, assets, points of enforcement and actions; no stores."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from playbooks.action.action import Action
from playbooks.cacao.playbook import Playbook
from playbooks.cacao.reading import read_playbook
from playbooks.plan import Plan
from situation.assets import Assets
from situation.settings import ActuatorSettings, PointSettings
from situation.state.tables import PlaybookVersion

_MOST_READ = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """What steps are rendered, approved and performed with. One lives as long as its process."""

    plan: Plan
    assets: Assets
    points: Mapping[str, PointSettings] = field(default_factory=dict)
    actuators: Mapping[str, ActuatorSettings] = field(default_factory=dict)
    channels: Mapping[str, str] | None = None
    """Type by name of the channels that messages leave by; None where nobody knows them here."""
    actions: Mapping[str, Action] = field(default_factory=dict)
    read: dict[str, Playbook] = field(default_factory=dict, repr=False, compare=False)
    """Playbooks that were read, by the digest of their document."""

    def playbook(self, version: PlaybookVersion) -> Playbook:
        """Return the playbook of a version, read once; raise `Malformed` if it cannot be."""
        known = self.read.get(version.sha256)
        if known is not None:
            return known
        if len(self.read) >= _MOST_READ:
            self.read.clear()
        playbook = self.read[version.sha256] = read_playbook(version.document)
        return playbook
