"""How the documents of CACAO 2.0 are checked: as the JSON schemas of OASIS do.

The schemas (draft 7) allow names that they do not know, and what stands under a name that has not
the form of an id is not looked at. Keywords that draft 7 does not know (`unevaluatedProperties`),
formats and encodings say nothing.
"""

import re
from collections.abc import Mapping
from typing import Annotated

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
)
from pydantic_core import InitErrorDetails, PydanticCustomError
from typing_extensions import TypeForm

UUID_FORM = (
    "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[1-5][0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}"
)
"""An UUID of version 1 to 5; the schemas know no later ones."""
_TIME_FORM = (
    r"^[0-9]{4}-(0[1-9]|1[012])-(0[1-9]|[12][0-9]|3[01])"
    r"T([01][0-9]|2[0-3]):([0-5][0-9]):([0-5][0-9]|60)(\.[0-9]+)?Z$"
)
_SHOWN = 60


class Shape(BaseModel):
    """Base of what is checked: unknown names are kept, nothing is turned into another type.

    The defaults stand for names that are absent; a null in their place is refused.
    """

    model_config = ConfigDict(extra="allow", strict=True, frozen=True)


def formed(form: str, what: str) -> AfterValidator:
    """Return a check that a text has a form, wherever in it unless the form is anchored."""
    pattern = re.compile(form)

    def check(text: str) -> str:
        if not pattern.search(text):
            shown = {"text": text[:_SHOWN], "what": what}
            raise PydanticCustomError("form", "'{text}' is no {what}", shown)
        return text

    return AfterValidator(check)


def keyed(forms: Mapping[str, TypeForm[object]]) -> AfterValidator:
    """Return a check of an object: what stands under a name of such a form is of that type."""
    rows = [(re.compile(form), TypeAdapter(kind)) for form, kind in forms.items()]

    def check(value: dict[str, object]) -> dict[str, object]:
        read, faults = dict(value), list[InitErrorDetails]()
        for key, item in value.items():
            for _, adapter in (row for row in rows if row[0].search(key)):
                try:
                    read[key] = adapter.validate_python(item)
                except ValidationError as error:
                    faults += _under(key, error)
        if faults:
            raise ValidationError.from_exception_data("keyed", faults)
        return read

    return AfterValidator(check)


def by_kind(kinds: Mapping[str, TypeForm[object]]) -> AfterValidator:
    """Return a check of an object whose names are ids: the kind of the id says the type."""
    return keyed({f"^{kind}--{UUID_FORM}$": shape for kind, shape in kinds.items()})


def _under(key: str, error: ValidationError) -> list[InitErrorDetails]:
    return [
        InitErrorDetails(
            type=PydanticCustomError("inner", "{reason}", {"reason": fault["msg"]}),
            loc=(key, *fault["loc"]),
            input=fault["input"],
        )
        for fault in error.errors(include_url=False)
    ]


def _whole(value: object) -> object:
    # To JSON schema 1.0 is an integer: the numbers of JSON have no types.
    return int(value) if isinstance(value, float) and value.is_integer() else value


Whole = Annotated[int, BeforeValidator(_whole)]
"""An integer."""
Percent = Annotated[Whole, Field(ge=0, le=100)]
Identifier = Annotated[
    str, formed(rf"^[a-z][a-z0-9-]+[a-z0-9]--{UUID_FORM}$", "id of the form type--UUID")
]
Timestamp = Annotated[str, formed(_TIME_FORM, "time like 2026-11-27T08:00:00Z")]
Texts = Annotated[list[str], Field(min_length=1)]
Identifiers = Annotated[list[Identifier], Field(min_length=1)]
Extensions = Annotated[
    dict[str, object],
    Field(min_length=1),
    by_kind({"extension-definition": dict[str, object]}),
]


class Reference(Shape):
    """An external reference, section 10.9."""

    name: str
    description: str = ""
    source: str = ""
    url: str = ""
    external_id: str = ""
    reference_id: str = ""


References = Annotated[list[Reference], Field(min_length=1)]


class VariableShape(Shape):
    """A variable, section 10.18."""

    type: str
    description: str = ""
    value: str | None = None
    constant: bool = False
    external: bool = False


Variables = Annotated[
    dict[str, object], keyed({r"^__[a-zA-Z_][a-zA-Z0-9_-]{0,199}__$": VariableShape})
]
