"""What the reading of one file may take."""

from dataclasses import dataclass

from situation.scan_settings import ScanSettings

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Limits of one file with all that is packed in it.

    `memory_mib` and `seconds` (of processor time) hold for the process that reads it; `file_mib`
    for the file as it lies there; `archive_*` for what it unpacks to, over all depths together.
    """

    memory_mib: int = 1024
    seconds: int = 60
    file_mib: int = 2048
    archive_depth: int = 5
    archive_ratio: int = 100
    archive_mib: int = 2048
    archive_members: int = 10_000
    ocr: bool = True
    """Whether pictures are read where the extra is installed."""


def limits_of(settings: ScanSettings) -> Limits:
    """Return the limits that the settings ask for."""
    return Limits(
        memory_mib=settings.memory_mib,
        seconds=settings.seconds,
        file_mib=settings.file_mib,
        archive_depth=settings.archive_depth,
        archive_ratio=settings.archive_ratio,
        archive_mib=settings.archive_mib,
        archive_members=settings.archive_members,
        ocr=settings.ocr == "auto",
    )
