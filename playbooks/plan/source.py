"""Where the rows of the plan come from: the list of sources, and the law that they are of."""

import re
from typing import Annotated

from pydantic import Field

from playbooks.plan.row import Instrument, Row, Sourced, keyed

FACT_SHEET = "F"
"""Id of the source whose sections stand at rows that no single text supports."""

_SECTION = re.compile(r"\d+(\.\d+)*( [A-Z])?")


class Source(Row):
    """A text that rows of the plan were read in. `read_on` is the month, for example 2026-11.

    `place` is an address, or empty where the copy has none.
    """

    id: Annotated[str, Field(pattern=r"^[A-Z]\d*$")]
    zh: str
    en: str
    read_on: Annotated[str, Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")]
    place: str = ""


class SourcePart(Row):
    """The sources and the instruments of a plan."""

    sources: Annotated[tuple[Source, ...], Field(alias="source", strict=False)]
    instruments: Annotated[tuple[Instrument, ...], Field(alias="instrument", strict=False)]

    def instrument(self, key: str) -> Instrument:
        """Return the instrument that a row cites."""
        return keyed(self.instruments, key, "instrument")

    def source_of(self, row: Sourced) -> Source | None:
        """Return the text that a row was read in; a section is one of the fact sheet."""
        wanted = FACT_SHEET if _SECTION.fullmatch(row.source) else row.source
        return next((source for source in self.sources if source.id == wanted), None)
