"""Targets of the scan: those of the settings by name, and a path or URL given by hand."""

import pathlib
from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import ValidationError

from sensors.content.source.catalogue import check_scheme, scheme_of
from situation.faults import Malformed, Misconfigured
from situation.scan_settings import ScanTargetSettings
from situation.settings import Settings, without_password
from situation.validation import sentences


@dataclass(frozen=True, slots=True)
class Target:
    """What is scanned. `name` is how runs, resources and findings are kept apart."""

    name: str
    settings: ScanTargetSettings

    @property
    def location(self) -> str:
        """Path or URL for people to see, without a password."""
        return without_password(self.settings.url)


def target_of(
    settings: Settings, wanted: str, *, department: str = "", zone: str | None = None
) -> Target:
    """Return the target of that name, or one by hand for a path or URL.

    Raises `Malformed` for a zone that is none, and for a URL that holds a password: it would be
    kept with the run. Such a target belongs into the settings, with its password in a file.
    """
    if wanted in settings.scans:
        return Target(wanted, settings.scans[wanted])
    if without_password(wanted) != wanted:
        raise Malformed(
            "a password in a URL would be seen by others; make it a target [scans.NAME] with "
            "password_file",
            where=without_password(wanted),
        )
    url = _located(wanted)
    given: Mapping[str, object] = {"url": url, "department": department}
    if zone is not None:
        given = {**given, "zone": zone}
    try:
        return Target(url, ScanTargetSettings.model_validate(given))
    except ValidationError as error:
        raise Malformed("; ".join(sentences(error)), where=wanted) from error


def check_there(target: Target) -> None:
    """Raise `Malformed` where nothing opens what was given by hand, or a path leads nowhere.

    A target of the settings may be away for a while: its scan tells.
    """
    url = target.settings.url
    if target.name != url:
        return
    try:
        scheme = check_scheme(url)
    except Misconfigured as fault:
        raise Malformed(fault.reason, where=target.location) from fault
    if not scheme and not pathlib.Path(url).exists():
        told = "there is no such file or folder, nor a target [scans.NAME] of this name"
        raise Malformed(told, where=url)


def _located(wanted: str) -> str:
    """Return a URL as it is, and a path as a whole."""
    if not wanted.strip():
        raise Malformed("is empty", where="TARGET")
    return wanted if scheme_of(wanted) else str(pathlib.Path(wanted).absolute())
