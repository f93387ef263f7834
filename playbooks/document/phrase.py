"""The small texts of templates: places for values and conditions, nothing else.

A template may come from a city, so its language is kept too small to do harm: a value by its
name, a condition, a comparison. No loop, no call, no filter, no arithmetic, no attribute of
Python. Each text is filled by itself and is never read again, so a value stays a value.
"""

from collections.abc import Iterator, Mapping

from jinja2 import StrictUndefined, Template, TemplateError, Undefined, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from situation.faults import Misconfigured

_ALLOWED = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Name,
    nodes.Getattr,
    nodes.Const,
    nodes.If,
    nodes.CondExpr,
    nodes.Compare,
    nodes.Operand,
    nodes.And,
    nodes.Or,
    nodes.Not,
)
_LONGEST = 4_000


class _Plain(ImmutableSandboxedEnvironment):
    """Knows values of mappings by their keys and nothing of the objects behind them."""

    def getattr(self, obj: object, attribute: str) -> object:
        if isinstance(obj, Mapping) and attribute in obj:
            return obj[attribute]
        return self.undefined(obj=obj, name=attribute)

    def getitem(self, obj: object, argument: object) -> object | Undefined:
        return self.getattr(obj, str(argument))


class Phrases:
    """Checks the texts of templates and fills them; each is compiled once."""

    def __init__(self) -> None:
        self._environment = _Plain(undefined=StrictUndefined, autoescape=False)
        self._environment.globals.clear()
        self._compiled: dict[str, Template] = {}

    def faults(self, source: str, names: frozenset[str]) -> Iterator[str]:
        """Yield what is wrong with a text that may name the values `names`."""
        if len(source) > _LONGEST:
            yield f"longer than {_LONGEST} characters"
            return
        try:
            tree = self._environment.parse(source)
        except TemplateError as error:
            yield f"{error} in {source!r}"
            return
        yield from _forbidden(tree)
        named = {node.name for node in tree.find_all(nodes.Name)}
        yield from (f"nothing is called {name!r}" for name in sorted(named - names))

    def fill(self, source: str, values: Mapping[str, object]) -> str:
        """Return the text with its values; raise `Misconfigured` where one is missing."""
        if "{" not in source:
            return source
        if source not in self._compiled:
            self._compiled[source] = self._environment.from_string(source)
        try:
            return self._compiled[source].render(values)
        except TemplateError as error:
            raise Misconfigured(f"{error} in {source!r}", where="document template") from error


def _forbidden(tree: nodes.Template) -> Iterator[str]:
    for node in tree.find_all(nodes.Node):
        if not isinstance(node, _ALLOWED):
            yield f"line {node.lineno}: {type(node).__name__} is not allowed"
        elif isinstance(node, nodes.Getattr) and node.attr.startswith("_"):
            yield f"line {node.lineno}: {node.attr!r} is not allowed"
