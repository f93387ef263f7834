"""What one look through the microscope may take."""

from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Limits of one run of tshark.

    `seconds` by the wall clock, `processor_seconds` of its own; `memory_mib` of address space;
    `output_mib` of the trees that it writes.
    """

    seconds: float = 60
    processor_seconds: int = 60
    memory_mib: int = 2048
    output_mib: int = 64


DEFAULT_LIMITS = Limits()
