"""The form of a notice as a page shows it: each field with its name and its values."""

from collections.abc import Mapping
from dataclasses import dataclass

from situation.state.tables import Notice
from soc_api.web.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class FormField:
    """One field of the form: its name and its values."""

    key: str
    name: Text
    values: list[Text]


def form_fields(row: Notice) -> list[FormField]:
    """Return the fields of a notice in the order of its form."""
    return [_form_field(key, value) for key, value in row.fields.items()]


def _form_field(key: str, field: object) -> FormField:
    if not isinstance(field, Mapping):
        field = {"value": field}
    value = field.get("value")
    values = value if isinstance(value, list) else [value]
    return FormField(
        key=key,
        name=Text(str(field.get("label_zh", key)), str(field.get("label_en", key))),
        values=[text for each in values if (text := _worded(each)).zh.strip()],
    )


def _worded(value: object) -> Text:
    if value is None:
        return Text("", "")
    if isinstance(value, Mapping):
        return Text(str(value.get("zh", "")), str(value.get("en", value.get("zh", ""))))
    return Text(str(value), str(value))
