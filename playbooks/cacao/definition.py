"""What a playbook defines for its steps: agents and targets, credentials, extensions.

CACAO 2.0, sections 6, 7 and 9. The engine uses none of them: actions know their counterparts
by the settings. They are checked so that what is exported and imported is valid.
"""

from typing import Annotated, Literal

from pydantic import Field

from playbooks.cacao.shape import (
    Extensions,
    Identifier,
    Reference,
    Shape,
    Texts,
    Whole,
    by_kind,
    formed,
    keyed,
)

_URL = r"[(http(s)?):/(www.)?a-zA-Z0-9@:%._+~#=]{2,256}\.[a-z]{2,6}\b([-a-zA-Z0-9@:%_+.~#?&//=]*)"
_V4 = r"(\b25[0-5]|\b2[0-4][0-9]|\b[01]?[0-9][0-9]?)(\.(25[0-5]|2[0-4][0-9]|[01]?[0-9][0-9]?)){3}$"
_GROUP = "[0-9a-fA-F]{1,4}"
_DOTTED = (
    r"((25[0-5]|(2[0-4]|1{0,1}[0-9]){0,1}[0-9])\.){3,3}(25[0-5]|(2[0-4]|1{0,1}[0-9]){0,1}[0-9])"
)
_V6 = "|".join(
    (
        f"({_GROUP}:){{7,7}}{_GROUP}",
        f"({_GROUP}:){{1,7}}:",
        f"({_GROUP}:){{1,6}}:{_GROUP}",
        *(f"({_GROUP}:){{1,{5 - n}}}(:{_GROUP}){{1,{2 + n}}}" for n in range(4)),
        f"{_GROUP}:((:{_GROUP}){{1,6}})",
        f":((:{_GROUP}){{1,7}}|:)",
        r"fe80:(:[0-9a-fA-F]{0,4}){0,4}%[0-9a-zA-Z]{1,}",
        rf"::(ffff(:0{{1,4}}){{0,1}}:){{0,1}}{_DOTTED}",
        rf"({_GROUP}:){{1,4}}:{_DOTTED}",
    )
)
_MAC = r"^[a-fA-F0-9]{2}(:[a-fA-F0-9]{2}){5}$"
_REGIONS = Literal[
    "africa", "eastern-africa", "middle-africa", "northern-africa", "southern-africa",
    "western-africa", "americas", "caribbean", "central-america", "latin-america-caribbean",
    "northern-america", "south-america", "asia", "central-asia", "eastern-asia", "southern-asia",
    "south-eastern-asia", "western-asia", "europe", "eastern-europe", "northern-europe",
    "southern-europe", "western-europe", "oceania", "antarctica", "australia-new-zealand",
    "melanesia", "micronesia", "polynesia",
]  # fmt: skip


_ADDRESSES = {
    "^url$": list[Annotated[str, formed(_URL, "URL")]],
    "^l2mac$": list[Annotated[str, formed(_MAC, "MAC address")]],
    "^ipv4$": list[Annotated[str, formed(_V4, "IPv4 address")]],
    "^ipv6$": list[Annotated[str, formed(f"({_V6})$", "IPv6 address")]],
    "^dname$": list[str],
}
_VLAN = Field(ge=0, le=4095)
Address = Annotated[
    dict[str, object], keyed({**_ADDRESSES, "^vlan$": list[Annotated[Whole, _VLAN]]})
]
LooseAddress = Annotated[
    dict[str, object], keyed({**_ADDRESSES, "^vlan$": list[Annotated[float, _VLAN]]})
]
"""As `Address`, but the schemas ask for a number alone."""
_NAMED = keyed({"^[a-zA-Z0-9_-]{0,250}$": str})


class Contact(Shape):
    """How somebody is reached, section 10.5."""

    email: Annotated[dict[str, object], _NAMED] = Field(default_factory=dict)
    phone: Annotated[dict[str, object], _NAMED] = Field(default_factory=dict)
    contact_details: str = ""


class Location(Shape):
    """A place, section 10.3."""

    name: str = ""
    description: str = ""
    building_details: str = ""
    network_details: str = ""
    region: _REGIONS = "asia"
    country: str = ""
    administrative_area: str = ""
    city: str = ""
    street_address: str = ""
    postal_code: str = ""
    latitude: str = ""
    longitude: str = ""
    precision: str = ""


class Party(Shape):
    """What agents and targets have, section 7."""

    type: str
    name: str
    description: str = ""
    location: Location = Location()
    agent_target_extensions: Extensions = Field(default_factory=dict)


class Group(Party):
    """A group of people."""

    type: Literal["group"]
    contact: Contact = Contact()


class Individual(Party):
    """A person."""

    type: Literal["individual"]
    contact: Contact = Contact()


class Organization(Party):
    """An organization."""

    type: Literal["organization"]
    contact: Contact = Contact()


class LogicalLocation(Party):
    """A place by names."""

    type: Literal["location"]
    logical: Texts = Field(default_factory=list)


class Sector(Party):
    """A sector of industry."""

    type: Literal["sector"]
    sector: str


class SecurityCategory(Party):
    """A kind of device."""

    type: Literal["security-category"]
    category: Texts


class HttpApi(Party):
    """A service that speaks HTTP."""

    type: Literal["http-api"]
    address: Address
    port: str = ""
    authentication_info: Identifier = ""
    category: Texts = Field(default_factory=list)


class Ssh(Party):
    """A host that is reached by SSH."""

    type: Literal["ssh"]
    address: Address
    port: str = ""
    authentication_info: Identifier = ""
    category: Texts = Field(default_factory=list)


class Linux(Party):
    """A host with Linux."""

    type: Literal["linux"]
    address: LooseAddress
    port: str = ""
    authentication_info: Identifier = ""
    category: Texts = Field(default_factory=list)


class NetAddress(Party):
    """A host by its address."""

    type: Literal["net-address"]
    address: LooseAddress
    authentication_info: Identifier = ""
    category: Texts = Field(default_factory=list)


Parties = Annotated[
    dict[str, object],
    Field(min_length=1),
    by_kind(
        {
            "group": Group,
            "http-api": HttpApi,
            "individual": Individual,
            "linux": Linux,
            "location": LogicalLocation,
            "net-address": NetAddress,
            "organization": Organization,
            "sector": Sector,
            "security-category": SecurityCategory,
            "ssh": Ssh,
        }
    ),
]
"""Agents, or targets, by their ids."""


class Credentials(Shape):
    """What all credentials have, section 6. None of ours is ever written into a playbook."""

    type: str
    name: str = ""
    description: str = ""
    authentication_info_extensions: Extensions = Field(default_factory=dict)
    kms: bool = False
    kms_key_identifier: str = ""


class HttpBasic(Credentials):
    """Name and password of HTTP."""

    type: Literal["http-basic"]
    user_id: str = ""
    password: str = ""


class OAuth2(Credentials):
    """A token."""

    type: Literal["oauth2"]
    oauth_header: str
    token: str


class UserAuth(Credentials):
    """Name and password."""

    type: Literal["user-auth"]
    username: str = ""
    password: str = ""


AllCredentials = Annotated[
    dict[str, object],
    Field(min_length=1),
    by_kind({"http-basic": HttpBasic, "oauth2": OAuth2, "user-auth": UserAuth}),
]
"""Credentials by their ids."""


class ExtensionDefinition(Shape):
    """What an extension is, section 9."""

    type: Literal["extension-definition"]
    name: str
    description: str = ""
    created_by: Identifier
    schema_: Annotated[str, Field(alias="schema")]
    version: str
    external_references: list[Reference] = Field(default_factory=list)


ExtensionDefinitions = Annotated[
    dict[str, object], by_kind({"extension-definition": ExtensionDefinition})
]
"""Definitions of extensions by their ids."""
