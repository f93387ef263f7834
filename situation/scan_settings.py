"""Settings of the classified-data scan: its targets, `[scans.NAME]`, and its limits, `[scan]`."""

import pathlib
import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr

from situation.content.resource import Zone

Days = Literal["any", "working", "off"]

_HOURS = re.compile(r"([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d")


def _hours(given: str) -> str:
    if given and not _HOURS.fullmatch(given):
        raise ValueError("must be HH:MM-HH:MM, for example 22:00-06:00")
    return given


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ScanTargetSettings(_Section):
    """One target of the scan, `[scans.NAME]`: a share, a bucket, a database, an index."""

    url: Annotated[
        str,
        Field(
            description="Folder, or URL: file:, sftp:, s3:, postgresql:, mysql:, sqlite:, "
            "elasticsearch:, elasticsearchs: (over TLS), imaps:.",
            min_length=1,
        ),
    ]
    department: Annotated[str, Field(description="Full name of the department that owns it.")] = ""
    system: Annotated[str, Field(description="Name of the system that it belongs to.")] = ""
    zone: Annotated[Zone, Field(description="Where it can be reached from.")] = "internal"
    at: Annotated[
        str,
        Field(
            description="Minute, hour, day, month and weekday by name, in the city's time; empty: "
            "only when somebody asks."
        ),
    ] = ""
    days: Annotated[
        Days, Field(description="Days on which it starts, by the city's calendar of working days.")
    ] = "any"
    hours: Annotated[
        str,
        Field(
            description="Hours in which it may read, HH:MM-HH:MM in the city's time, over midnight "
            "as well; outside of them it rests. Empty: at all hours."
        ),
        AfterValidator(_hours),
    ] = ""
    octets_per_second: Annotated[
        int, Field(description="Octets that it may read in a second; 0: as fast as it can.", ge=0)
    ] = 0
    resources_per_second: Annotated[
        int, Field(description="Resources that it may open in a second; 0: no limit.", ge=0)
    ] = 0
    include: Annotated[
        tuple[str, ...], Field(description="Paths that are scanned; * and ** as in a shell.")
    ] = ("**",)
    exclude: Annotated[tuple[str, ...], Field(description="Paths that are left out.")] = ()
    user: Annotated[str, Field(description="Who logs in; or in the URL.")] = ""
    password: Annotated[
        SecretStr, Field(description="Password or secret key; by environment, or password_file.")
    ] = SecretStr("")
    password_file: Annotated[
        pathlib.Path | None, Field(description="File that holds the password or secret key.")
    ] = None
    key_file: Annotated[pathlib.Path | None, Field(description="Private key for sftp.")] = None
    known_hosts: Annotated[
        pathlib.Path | None, Field(description="File with the host key that is expected, for sftp.")
    ] = None
    endpoint: Annotated[
        str,
        Field(
            description="URL of the S3 service; empty: that of the provider. Region and style of "
            "address stand in the query of the url: s3://BUCKET?region=cn-north-1&style=virtual."
        ),
    ] = ""
    ca_certs: Annotated[
        pathlib.Path | None, Field(description="PEM file of the CA that signed the server.")
    ] = None
    sample_rows: Annotated[
        int, Field(description="Rows that are read of each table.", ge=100, le=1_000_000)
    ] = 5000
    statement_seconds: Annotated[
        int, Field(description="Time that a statement may take in a database.", gt=0)
    ] = 30


class ScanSettings(_Section):
    """How the scan reads: what a file may take before it is given up as unreadable."""

    workers: Annotated[int, Field(description="Files that are read at once.", ge=1, le=64)] = 2
    memory_mib: Annotated[int, Field(description="MiB that reading a file may take.", ge=128)] = (
        1024
    )
    seconds: Annotated[int, Field(description="Time that a file may take to be read.", gt=0)] = 60
    file_mib: Annotated[int, Field(description="MiB from which a file is not read.", gt=0)] = 2048
    archive_depth: Annotated[
        int, Field(description="Archives within archives that are opened.", ge=1, le=16)
    ] = 5
    archive_ratio: Annotated[
        int, Field(description="Times its size that an archive may unpack to.", gt=1)
    ] = 100
    archive_mib: Annotated[int, Field(description="MiB that it may unpack to.", gt=0)] = 2048
    archive_members: Annotated[int, Field(description="Members that it may have.", gt=0)] = 10_000
    rehash_percent: Annotated[
        float,
        Field(
            description="Percentage of unchanged files that are read again, against forged times.",
            ge=0,
            le=100,
        ),
    ] = 1.0
    patterns: Annotated[
        pathlib.Path | None, Field(description="TOML file with the city's own patterns.")
    ] = None
    key_file: Annotated[
        pathlib.Path | None,
        Field(
            description="File with the key under which values are hashed to count them; empty: "
            "scan.key in the store's folder, made at the first scan."
        ),
    ] = None
    ocr: Annotated[
        Literal["auto", "off"],
        Field(description="auto: pictures are read where the extra ocr is installed."),
    ] = "auto"
    due_days: Annotated[
        dict[str, int], Field(description="Days to put a finding right, by severity P0 to P4.")
    ] = {"P0": 1, "P1": 3, "P2": 7, "P3": 30, "P4": 60}
