"""Who acts: the person whom the guards of the state machines look at."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Person:
    """A person who is logged in, or the platform itself. `department` is None for the city's own.

    `role` is the role of the account; the platform's is `system`.
    """

    name: str
    role: str
    department: str | None = None


SYSTEM = Person("system", "system")
"""Who stands in the audit for what the platform does by itself."""
