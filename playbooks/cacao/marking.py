"""Markings and signatures of a playbook: CACAO 2.0, sections 8 and 10.14."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from playbooks.cacao.shape import (
    Extensions,
    Identifier,
    References,
    Shape,
    Texts,
    Timestamp,
    by_kind,
)


class Marking(Shape):
    """What all markings have."""

    type: str
    id: Identifier
    name: str = ""
    description: str = ""
    created_by: Identifier
    created: Timestamp
    revoked: bool = False
    valid_from: Timestamp = ""
    valid_until: Timestamp = ""
    labels: Texts = Field(default_factory=list)
    external_references: References = Field(default_factory=list)
    marking_extensions: Extensions = Field(default_factory=dict)


class Statement(Marking):
    """A marking in words."""

    type: Literal["marking-statement"]
    statement: str


class TrafficLight(Marking):
    """A level of the traffic light protocol."""

    type: Literal["marking-tlp"]
    tlpv2_level: Literal["TLP:RED", "TLP:AMBER", "TLP:AMBER+STRICT", "TLP:GREEN", "TLP:CLEAR"]


def _exchange(value: object) -> object:
    # Its external references would have to be texts and objects at once.
    raise ValueError(f"the schemas allow no marking-iep, not even this {type(value).__name__}")


Markings = Annotated[
    dict[str, object],
    by_kind(
        {
            "marking-iep": Annotated[object, AfterValidator(_exchange)],
            "marking-statement": Statement,
            "marking-tlp": TrafficLight,
        }
    ),
]
"""Markings by their ids."""

_KEYS = ("public_key", "public_cert_chain", "cert_url", "thumbprint")


def _given(value: object) -> object:
    if value is None:
        raise ValueError("null is no signature")
    return value


class Signature(Shape):
    """A signature; none is verified here."""

    type: Literal["jss"]
    id: Identifier
    created_by: Identifier = ""
    created: Timestamp
    modified: Timestamp
    revoked: bool = False
    signee: str
    valid_from: Timestamp = ""
    valid_until: Timestamp = ""
    related_to: Identifier
    related_version: Timestamp
    hash_algorithm: str
    algorithm: str
    public_key: str = ""
    public_cert_chain: Texts = Field(default_factory=list)
    cert_url: str = ""
    thumbprint: str = ""
    value: str
    signature: Annotated["Signature | None", BeforeValidator(_given)] = None

    @model_validator(mode="after")
    def _one_key(self) -> "Signature":
        given = [name for name in _KEYS if name in self.model_fields_set]
        if len(given) != 1:
            raise ValueError(f"exactly one of {', '.join(_KEYS)} is wanted")
        return self
