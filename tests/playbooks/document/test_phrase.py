import pytest

from playbooks.document.phrase import Phrases
from situation.faults import Misconfigured
from tests.playbooks.document.corpus import ACTING, UNSEEN

NAMES = frozenset({"title", "row", "drill"})


def faults(source: str) -> list[str]:
    return list(Phrases().faults(source, NAMES))


def test_values_conditions_and_comparisons_are_allowed() -> None:
    assert not faults(
        "{{ title }}：{{ row.value }}{% if drill and row.a == 'x' %}!{% else %}?{% endif %}"
    )


@pytest.mark.parametrize(
    "source",
    [
        "{% for each in row %}{{ each }}{% endfor %}",
        "{{ title.upper() }}",
        "{{ title | upper }}",
        "{{ 'a' * 1000000000 }}",
        "{{ 10 ** 10 }}",
        "{{ title ~ title }}",
        "{{ title[0] }}",
        "{% set x = 1 %}",
        "{% include 'other' %}",
        "{% macro x() %}{% endmacro %}",
        "{% filter upper %}x{% endfilter %}",
        "{{ row.__class__ }}",
        "{{ row._secret }}",
        "{{ [1, 2] }}",
        "{{ title is defined }}",
        "{{ title",
        "{% if drill %}",
        "x" * 5_000,
    ],
)
def test_whatever_else_is_refused(source: str) -> None:
    assert faults(source)


def test_an_unknown_name_is_a_fault() -> None:
    assert faults("{{ titel }} {{ range }} {{ self }}") == [
        "nothing is called 'range'",
        "nothing is called 'self'",
        "nothing is called 'titel'",
    ]


@pytest.mark.parametrize("value", [*ACTING, *UNSEEN])
def test_a_value_is_never_read_as_a_template(value: str) -> None:
    assert Phrases().fill("<{{ title }}>", {"title": value}) == f"<{value}>"


def test_a_missing_value_is_named() -> None:
    with pytest.raises(Misconfigured, match="value"):
        Phrases().fill("{{ row.value }}", {"row": {}})


@pytest.mark.parametrize("path", ["row.keys", "row.items", "row.upper", "row.__class__", "row.x.y"])
def test_nothing_of_python_is_reached(path: str) -> None:
    with pytest.raises(Misconfigured):
        Phrases().fill(f"{{{{ {path} }}}}", {"row": {"x": "text"}})
