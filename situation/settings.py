"""Settings: one TOML file, read once; environment above it; unknown keys refused.

A value comes from the default, the file, the environment (`CITYWATCH_STORE__EVENTS`) or the
command line, later ones above earlier ones. Secrets come by environment or from a file that
a setting names, never from the settings file itself.
"""

import pathlib
import re
import tomllib
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, SecretStr, ValidationError
from pydantic_settings import BaseSettings, EnvSettingsSource, SettingsConfigDict

from situation.faults import Misconfigured
from situation.scan_settings import ScanSettings, ScanTargetSettings
from situation.validation import sentences

PROJECT = pathlib.Path(__file__).parent.parent
FILE_NAME = "citywatch.toml"
ENVIRONMENT_PREFIX = "CITYWATCH_"


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class StoreSettings(_Section):
    """Where events and state are kept."""

    folder: Annotated[
        pathlib.Path, Field(description="Folder of the embedded stores and of what is kept.")
    ] = PROJECT / "data"
    events: Annotated[
        str,
        Field(
            description="URL of Elasticsearch, or several by comma; empty for Parquet files in "
            "the folder."
        ),
    ] = ""
    state: Annotated[
        str, Field(description="Database URL, for example postgresql+psycopg://; empty for SQLite.")
    ] = ""
    audit_anchor: Annotated[
        pathlib.Path | None,
        Field(
            description="File outside of the database in which the end of the audit is marked; "
            "empty: audit.anchor in the folder. Let a copy of it go to another machine."
        ),
    ] = None
    index_prefix: Annotated[
        str, Field(description="First word of the index names.", pattern=r"^[a-z][a-z0-9_]*$")
    ] = "citywatch"
    replicas: Annotated[int, Field(description="Replicas of each index.", ge=0, le=5)] = 0
    api_key: Annotated[
        SecretStr, Field(description="API key; by environment only, or see api_key_file.")
    ] = SecretStr("")
    api_key_file: Annotated[
        pathlib.Path | None, Field(description="File that holds the API key.")
    ] = None
    ca_certs: Annotated[
        pathlib.Path | None, Field(description="PEM file of the CA that signed the server.")
    ] = None
    fingerprint: Annotated[
        str, Field(description="SHA-256 of the server's own certificate, instead of a CA.")
    ] = ""
    retention_days: Annotated[
        dict[str, int],
        Field(description="Days that a dataset is kept, by its name; one not named is kept."),
    ] = {}


class CitySettings(_Section):
    """Who the city is and what it owns."""

    assets: Annotated[
        pathlib.Path, Field(description="Asset table, CSV or TOML: address range to department.")
    ] = PROJECT / "pcaps" / "city.csv"
    plan: Annotated[
        pathlib.Path | None,
        Field(description="Folder of the city's own emergency plan; empty: the one included."),
    ] = None
    documents: Annotated[
        pathlib.Path | None,
        Field(description="Folder with the city's own templates of documents, by name."),
    ] = None
    scenarios: Annotated[pathlib.Path, Field(description="Folder of the drill scenarios.")] = (
        PROJECT / "pcaps"
    )
    default_scenario: Annotated[str, Field(description="Scenario that the first run replays.")] = (
        "intrusion"
    )
    playbooks: Annotated[
        pathlib.Path | None,
        Field(description="Folder with the city's own playbooks, beside those included."),
    ] = None


class SensorSettings(_Section):
    """How the packet sensor meters."""

    observer: Annotated[str, Field(description="Name of the sensor.", min_length=1)] = "sensor-1"
    tcp_idle_seconds: Annotated[int, Field(description="Silence that ends a TCP flow.", gt=0)] = 300
    other_idle_seconds: Annotated[
        int, Field(description="Silence that ends any other flow.", gt=0)
    ] = 60
    active_seconds: Annotated[
        int, Field(description="Age at which an interim record is made.", gt=0)
    ] = 300


class SpoolSettings(_Section):
    """How much a sensor keeps while the store is away."""

    budget_mib: Annotated[int, Field(description="MiB that the spool may take.", gt=0)] = 2048
    oldest_hours: Annotated[
        int, Field(description="Hours after which a record that may be shed is shed.", gt=0)
    ] = 168
    sync_events: Annotated[
        int, Field(description="Events after which the spool is made durable.", gt=0)
    ] = 1000
    sync_milliseconds: Annotated[
        int, Field(description="Time after which the spool is made durable.", gt=0)
    ] = 200
    dead_letter_mib: Annotated[
        int, Field(description="MiB of refused documents that are kept.", gt=0)
    ] = 100
    dead_letter_days: Annotated[
        int, Field(description="Days that refused documents are kept.", gt=0)
    ] = 7


class InputSettings(_Section):
    """One input of a sensor, `[inputs.NAME]` in the settings file."""

    type: Annotated[
        Literal["file", "syslog", "http", "netflow", "packet", "captures"],
        Field(
            description="Way that it comes in; packet: captured from an interface; captures: files "
            "of packets that are put into folders."
        ),
    ]
    kind: Annotated[
        str, Field(description="Kind of log; empty: guessed from the content (files), or syslog.")
    ] = ""
    paths: Annotated[
        tuple[str, ...],
        Field(description="Files to follow, of captures folders, too; * and ** as in a shell."),
    ] = ()
    start: Annotated[
        Literal["beginning", "end"], Field(description="Where a file seen first is read from.")
    ] = "beginning"
    host: Annotated[str, Field(description="Address to listen on.")] = "127.0.0.1"
    port: Annotated[int, Field(description="Port to listen on.", ge=0, le=65535)] = 0
    transport: Annotated[
        Literal["udp", "tcp", "tls"], Field(description="Transport of syslog.")
    ] = "udp"
    certificate: Annotated[
        pathlib.Path | None, Field(description="PEM file of our certificate, for tls.")
    ] = None
    key: Annotated[pathlib.Path | None, Field(description="PEM file of its key, for tls.")] = None
    client_ca: Annotated[
        pathlib.Path | None,
        Field(description="PEM file of the CA whose clients may connect; empty: any client."),
    ] = None
    api_key_file: Annotated[
        pathlib.Path | None, Field(description="File with the key that senders present, for http.")
    ] = None
    zone: Annotated[str, Field(description="Time zone of times that name none.")] = "Asia/Shanghai"
    year: Annotated[
        int | None, Field(description="Year of times without one; empty: the nearest.")
    ] = None
    encoding: Annotated[
        Literal["utf-8", "gb18030", "auto"],
        Field(description="Encoding; auto: UTF-8, and GB18030 for a line that is none."),
    ] = "auto"
    oldest_days: Annotated[
        int, Field(description="Days of age beyond which a time is not believed.", gt=0)
    ] = 366
    silent_minutes: Annotated[
        int | None, Field(description="Silence after which it is reported; empty: never.", gt=0)
    ] = None
    options: Annotated[
        dict[str, str], Field(description="What the kind alone understands, such as format.")
    ] = {}
    interface: Annotated[str, Field(description="Interface to capture, for packet.")] = ""
    filter: Annotated[
        str, Field(description="Filter in the words of pcap-filter(7); empty: every packet.")
    ] = ""
    workers: Annotated[
        int, Field(description="Processes that share the packets by flow.", ge=1, le=64)
    ] = 1
    ring_mib: Annotated[
        int,
        Field(description="MiB of packets that the kernel keeps for each worker.", ge=2, le=2048),
    ] = 64
    promiscuous: Annotated[
        bool, Field(description="Whether packets for other hosts are captured, too.")
    ] = True
    deep: Annotated[
        bool, Field(description="Whether packets are read for application protocols, beside DNS.")
    ] = True
    kept_mib: Annotated[
        int,
        Field(
            description="MiB of first packets of flows that are kept for alerts; 0: none.",
            ge=0,
        ),
    ] = 256


class ChannelSettings(_Section):
    """One way out to people, `[channels.NAME]`: mail server, webhook, group robot or SMS gateway.

    The contacts of the directory name it: `mail` and `sms` take their mail addresses and mobile
    numbers, any other name takes the address that a contact has under this name.
    """

    type: Annotated[
        Literal["mail", "webhook", "wecom", "dingtalk", "feishu", "sms"],
        Field(description="What it speaks."),
    ]
    url: Annotated[
        str,
        Field(description="Where it posts to; empty: the robot's service, or a contact's own URL."),
    ] = ""
    hosts: Annotated[
        tuple[str, ...],
        Field(description="Hosts that the URL of a contact may name, beside that of url."),
    ] = ()
    token: Annotated[
        SecretStr, Field(description="Key of a robot; by environment only, or see token_file.")
    ] = SecretStr("")
    token_file: Annotated[
        pathlib.Path | None, Field(description="File that holds the key of a robot.")
    ] = None
    secret: Annotated[
        SecretStr,
        Field(description="Password or signing secret; by environment only, or see secret_file."),
    ] = SecretStr("")
    secret_file: Annotated[
        pathlib.Path | None, Field(description="File that holds the password or signing secret.")
    ] = None
    host: Annotated[str, Field(description="Mail server.")] = ""
    port: Annotated[int, Field(description="Port of the mail server.", ge=1, le=65535)] = 587
    tls: Annotated[
        Literal["starttls", "implicit", "none"],
        Field(description="TLS of the mail server; none only on the loopback address."),
    ] = "starttls"
    user: Annotated[str, Field(description="Who logs in at the mail server; empty: nobody.")] = ""
    sender: Annotated[str, Field(description="Mail address that the mails come from.")] = ""
    method: Annotated[
        Literal["POST", "GET"], Field(description="HTTP method of the SMS gateway.")
    ] = "POST"
    form: Annotated[
        Literal["json", "form"], Field(description="How body is sent; GET puts it in the query.")
    ] = "json"
    headers: Annotated[
        dict[str, str], Field(description="Headers for the SMS gateway; {secret} stands for it.")
    ] = {}
    body: Annotated[
        dict[str, JsonValue],
        Field(description="Body for the SMS gateway: {phone} {text} {number} {id} {secret}."),
    ] = {}
    success_field: Annotated[
        str, Field(description="Field of the JSON answer that tells of success; a.b for nested.")
    ] = ""
    success_value: Annotated[str, Field(description="What this field says on success.")] = ""
    text_octets: Annotated[
        int, Field(description="Octets of UTF-8 that a text message may have.", gt=20)
    ] = 210
    per_minute: Annotated[
        int | None,
        Field(description="Messages in any minute; empty: what the service allows.", ge=2),
    ] = None
    ca_certs: Annotated[
        pathlib.Path | None, Field(description="PEM file of the CA that signed the server.")
    ] = None
    allow_loopback: Annotated[
        bool, Field(description="Whether it may go to this machine, and there without TLS.")
    ] = False
    drill: Annotated[bool, Field(description="Whether drills go out by it.")] = False
    drill_address: Annotated[
        str,
        Field(
            description="Where everything of a drill goes, whoever it is for; empty, for robots "
            "and webhooks: the channel is for drills alone."
        ),
    ] = ""


class PointSettings(_Section):
    """One point of enforcement, `[points.NAME]`: where blocks or sinkholes are held."""

    type: Annotated[
        Literal["file", "http", "nftables", "rpz"],
        Field(
            description="file: a list of networks for a firewall to read; http: the same, polled "
            "from the console; nftables: a set, by the helper; rpz: a zone of a name server."
        ),
    ]
    path: Annotated[
        pathlib.Path | None,
        Field(description="File of the list or zone; empty: under blocklist of the store's folder"),
    ] = None
    format: Annotated[
        Literal["plain", "cidr", "stix"],
        Field(description="plain: addresses, networks as CIDR; cidr: CIDR always; stix: STIX 2.1."),
    ] = "plain"
    key_file: Annotated[
        pathlib.Path | None, Field(description="File with the key that a polling firewall presents")
    ] = None
    socket: Annotated[pathlib.Path | None, Field(description="Socket of the nftables helper.")] = (
        None
    )
    confirm_seconds: Annotated[
        int,
        Field(description="Time after which the helper takes back what was not confirmed.", ge=1),
    ] = 10
    zone: Annotated[str, Field(description="Name of the response policy zone.")] = "rpz.citywatch"
    sinkhole: Annotated[
        str, Field(description="Address that sinkholed names get; empty: they do not exist.")
    ] = ""
    never: Annotated[
        tuple[str, ...],
        Field(
            description="Networks and domains that are never blocked, beside the networks of the "
            "asset table: the city's own domains, its servers elsewhere."
        ),
    ] = ()
    health: Annotated[
        str,
        Field(
            description="HOST:PORT that must still answer before a change of nftables is confirmed,"
            " beside the state store.",
            pattern=r"^([^\s]+:[0-9]{1,5})?$",
        ),
    ] = ""
    reload: Annotated[
        tuple[str, ...],
        Field(
            description="Words of the command that has a server read the file anew, for file and "
            "rpz; empty: it looks by itself."
        ),
    ] = ()


class ActuatorSettings(_Section):
    """One counterpart that playbooks may command, `[actuators.NAME]`."""

    type: Annotated[Literal["openc2", "ssh"], Field(description="What it speaks.")]
    url: Annotated[str, Field(description="Where OpenC2 commands are posted.")] = ""
    token_file: Annotated[
        pathlib.Path | None, Field(description="File with the bearer token for OpenC2.")
    ] = None
    ca_certs: Annotated[
        pathlib.Path | None, Field(description="PEM file of the CA that signed the server.")
    ] = None
    allow_loopback: Annotated[
        bool, Field(description="Whether it may be on this machine, and there without TLS.")
    ] = False
    enabled: Annotated[
        bool, Field(description="Whether SSH commands may be run at all; off by default.")
    ] = False
    host: Annotated[str, Field(description="Host of the SSH server.")] = ""
    port: Annotated[int, Field(description="Port of the SSH server.", ge=1, le=65535)] = 22
    user: Annotated[str, Field(description="Who logs in by SSH.")] = ""
    key_file: Annotated[pathlib.Path | None, Field(description="Private key for SSH.")] = None
    known_hosts: Annotated[
        pathlib.Path | None, Field(description="File with the host key that is expected.")
    ] = None
    commands: Annotated[
        dict[str, tuple[str, ...]],
        Field(description="The commands that may be run, each a list of words; {name} is filled."),
    ] = {}
    inverses: Annotated[
        dict[str, str], Field(description="Which command takes another one back, by their names.")
    ] = {}


class FeedSettings(_Section):
    """One source of indicators, `[feeds.NAME]`."""

    type: Annotated[
        Literal["stix", "csv"], Field(description="stix: a STIX 2.1 bundle; csv: kind,value,label.")
    ]
    path: Annotated[pathlib.Path, Field(description="File that is read.")]
    confidence: Annotated[
        int, Field(description="Confidence of what names none.", ge=0, le=100)
    ] = 50
    days: Annotated[
        int, Field(description="Days that an indicator without an end is believed.", gt=0)
    ] = 30


class DrillSettings(_Section):
    """One drill of the schedule, `[drills.NAME]`."""

    scenario: Annotated[str, Field(description="Scenario, see citywatch drill list.", min_length=1)]
    at: Annotated[
        str,
        Field(description="Minute, hour, day, month and weekday by name, in the city's time."),
    ]
    working_days: Annotated[bool, Field(description="Whether it is left out on days off work.")] = (
        True
    )


class ConsoleSettings(_Section):
    """Where the console listens."""

    port: Annotated[int, Field(description="Port on the loopback address.", ge=0, le=65535)] = 8420
    session_hours: Annotated[int, Field(description="Hours that a login lasts.", gt=0)] = 12
    idle_minutes: Annotated[
        int,
        Field(
            description="Minutes without a page after which a login ends. An hour, as somebody on "
            "a shift reads, phones and writes longer than a quarter of one.",
            gt=0,
        ),
    ] = 60
    https: Annotated[
        bool, Field(description="Whether a proxy serves it over TLS: Secure cookie and HSTS.")
    ] = False
    public_url: Annotated[
        str,
        Field(
            description="URL that people open it by, before the links of messages.",
            pattern=r"^(https?://[^\s/?#]+)?$",
        ),
    ] = ""
    host_names: Annotated[
        tuple[str, ...], Field(description="Names beside the loopback ones that it is asked by.")
    ] = ()


class Settings(BaseSettings):
    """All settings of one installation."""

    model_config = SettingsConfigDict(
        extra="forbid",
        frozen=True,
        env_prefix=ENVIRONMENT_PREFIX,
        env_nested_delimiter="__",
    )

    store: StoreSettings = StoreSettings()
    city: CitySettings = CitySettings()
    sensor: SensorSettings = SensorSettings()
    spool: SpoolSettings = SpoolSettings()
    inputs: dict[str, InputSettings] = {}
    channels: dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]*$")], ChannelSettings] = {}
    points: dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]*$")], PointSettings] = {
        "border": PointSettings(type="file"),
        "resolver": PointSettings(type="rpz"),
    }
    actuators: dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]*$")], ActuatorSettings] = {}
    feeds: dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]*$")], FeedSettings] = {}
    drills: dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]*$")], DrillSettings] = {}
    scan: ScanSettings = ScanSettings()
    scans: dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]*$")], ScanTargetSettings] = {}
    console: ConsoleSettings = ConsoleSettings()

    @property
    def state_url(self) -> str:
        """Database URL that holds: the one given, or SQLite in the folder."""
        return self.store.state or f"sqlite:///{self.store.folder}/state.db"

    @property
    def anchor_path(self) -> pathlib.Path:
        """File of the audit's anchor that holds: the one given, or the one in the folder."""
        return self.store.audit_anchor or self.store.folder / "audit.anchor"

    @property
    def events_url(self) -> str:
        """Event store URL that holds: the one given, or Parquet in the folder."""
        return self.store.events or f"file:{self.store.folder}/events"


SECTIONS = ("store", "city", "sensor", "spool", "scan", "console")
NAMED_SECTIONS = ("inputs", "channels", "points", "actuators", "feeds", "drills", "scans")
"""Sections of tables that the operator names."""

_SECRETS: Mapping[str, tuple[str, ...]] = {
    "store": ("api_key",),
    "channels": ("secret", "token"),
    "scans": ("password",),
}
"""What stands in no settings file, by section."""

_PASSWORD = re.compile(r"(?<=://)([^:/?#@\s]*):[^/?#@\s]*@")

Overrides = Mapping[str, Mapping[str, object]]


def read_settings(path: pathlib.Path | None, overrides: Overrides | None = None) -> Settings:
    """Read the settings; raise `Misconfigured` with every fault at once.

    `path` None takes `citywatch.toml` of the project where it exists. `overrides` come from the
    command line: section to key to value.
    """
    merged: dict[str, dict[str, object]] = {}
    for _, layer in _layers(path, overrides or {}):
        for section, values in layer.items():
            _lay(values, merged.setdefault(section, {}), is_named=section in NAMED_SECTIONS)
    try:
        return Settings.model_validate(merged)
    except ValidationError as error:
        raise Misconfigured.listing(sentences(error), where=str(path or "settings")) from error


def _lay(values: Mapping[str, object], below: dict[str, object], *, is_named: bool) -> None:
    for key, value in values.items():
        lower = below.get(key)
        if is_named and isinstance(value, Mapping) and isinstance(lower, Mapping):
            below[key] = {**lower, **value}
        else:
            below[key] = value


def without_password(text: str) -> str:
    """Return a URL without its password, for others to see."""
    return _PASSWORD.sub(r"\1:***@", text)


def origins(path: pathlib.Path | None, overrides: Overrides | None = None) -> dict[str, str]:
    """Return where each value that is not a default came from, by `section.key`."""
    return {
        f"{section}.{key}": origin
        for origin, layer in _layers(path, overrides or {})
        for section, values in layer.items()
        for key in values
    }


def _layers(
    path: pathlib.Path | None, overrides: Overrides
) -> list[tuple[str, Mapping[str, Mapping[str, object]]]]:
    file = path or _default_file()
    layers: list[tuple[str, Mapping[str, Mapping[str, object]]]] = []
    if file is not None:
        layers.append((str(file), _read_file(file)))
    layers.append(("environment", EnvSettingsSource(Settings)()))
    layers.append(("command line", overrides))
    return layers


def _default_file() -> pathlib.Path | None:
    file = PROJECT / FILE_NAME
    return file if file.exists() else None


def _read_file(path: pathlib.Path) -> Mapping[str, Mapping[str, object]]:
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise Misconfigured(f"cannot be read: {error.strerror}", where=str(path)) from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise Misconfigured(f"is no TOML: {error}", where=str(path)) from error
    faults = [
        f"{name} is no section" for name, value in content.items() if not isinstance(value, dict)
    ]
    faults += _open_secrets(content)
    if faults:
        raise Misconfigured.listing(faults, where=str(path))
    return content


def _open_secrets(content: Mapping[str, object]) -> list[str]:
    return [
        f"{place}.{key}: a secret comes by environment or by {place}.{key}_file"
        for section, keys in _SECRETS.items()
        for place, table in _tables(section, content.get(section))
        for key in keys
        if key in table
    ]


def _tables(section: str, value: object) -> list[tuple[str, Mapping[str, object]]]:
    if not isinstance(value, dict):
        return []
    if section not in NAMED_SECTIONS:
        return [(section, value)]
    return [(f"{section}.{name}", one) for name, one in value.items() if isinstance(one, dict)]
