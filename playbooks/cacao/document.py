"""A CACAO 2.0 playbook as it is written, section 3: all of it is kept, and all of it is checked."""

import re
from typing import Annotated, Literal

from pydantic import Field

from playbooks.cacao.definition import AllCredentials, ExtensionDefinitions, Parties
from playbooks.cacao.extension import PLAYBOOK_EXTENSION, PlaybookExtension
from playbooks.cacao.marking import Markings, Signature
from playbooks.cacao.shape import (
    Extensions,
    Identifier,
    Identifiers,
    Percent,
    References,
    Shape,
    Texts,
    Timestamp,
    Variables,
    keyed,
)
from playbooks.cacao.workflow import Workflow

_NO_KEY = re.compile(r"[^a-z0-9]+")
_WORDS = 40
_DIGITS = 8


class Summary(Shape):
    """What the playbook uses, for who has to process it."""

    manual_playbook: bool = False
    external_playbooks: bool = False
    parallel_processing: bool = False
    if_logic: bool = False
    while_logic: bool = False
    switch_logic: bool = False
    temporal_logic: bool = False
    data_markings: bool = False
    digital_signatures: bool = False
    countersigned_signatures: bool = False
    extensions: bool = False


class Document(Shape):
    """The playbook."""

    type: Literal["playbook"]
    spec_version: Literal["cacao-2.0"]
    id: Identifier
    name: str
    description: str = ""
    playbook_types: list[str] = Field(default_factory=list)
    playbook_activities: Texts = Field(default_factory=list)
    playbook_processing_summary: Summary = Summary()
    created_by: Identifier
    created: Timestamp
    modified: Timestamp
    revoked: bool = False
    valid_from: Timestamp = ""
    valid_until: Timestamp = ""
    derived_from: Identifiers = Field(default_factory=list)
    related_to: Identifiers = Field(default_factory=list)
    priority: Percent = 0
    severity: Percent = 0
    impact: Percent = 0
    industry_sectors: Texts = Field(default_factory=list)
    labels: Texts = Field(default_factory=list)
    external_references: References = Field(default_factory=list)
    markings: Identifiers = Field(default_factory=list)
    playbook_variables: Variables = Field(default_factory=dict)
    workflow_start: Identifier
    workflow_exception: Identifier = ""
    workflow: Workflow
    playbook_extensions: Annotated[
        Extensions, keyed({f"^{PLAYBOOK_EXTENSION}$": PlaybookExtension})
    ] = Field(default_factory=dict)
    authentication_info_definitions: AllCredentials = Field(default_factory=dict)
    agent_definitions: Parties = Field(default_factory=dict)
    target_definitions: Parties = Field(default_factory=dict)
    extension_definitions: ExtensionDefinitions = Field(default_factory=dict)
    data_marking_definitions: Markings = Field(default_factory=dict)
    signatures: Annotated[list[Signature], Field(min_length=1)] = Field(default_factory=list)

    @property
    def own(self) -> PlaybookExtension:
        """Return what our extension says of it; a foreign playbook gets a key from its name."""
        found = self.playbook_extensions.get(PLAYBOOK_EXTENSION)
        if isinstance(found, PlaybookExtension):
            return found
        return PlaybookExtension(
            key=self._foreign_key(),
            name_zh=self.name,
            name_en=self.name,
            about_zh=self.description,
            about_en=self.description,
        )

    def _foreign_key(self) -> str:
        words = _NO_KEY.sub("-", self.name.lower()).strip("-0123456789")
        digits = self.id.rpartition("--")[2][:_DIGITS].lower()
        return f"{words[:_WORDS].rstrip('-') or 'playbook'}-{digits}"
