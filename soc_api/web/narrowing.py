"""The address of a list that is narrowed by values: its facets add and take them one by one."""

from abc import abstractmethod

from pydantic import BaseModel

from soc_api.web.link import Parameter


class Narrowing(BaseModel):
    """The parameters of such an address; a facet's field is a list of values."""

    @abstractmethod
    def parameters(self, **changed: Parameter) -> dict[str, Parameter]:
        """Return the parameters of the same address with `changed` ones; the page starts anew."""

    def without(self, name: str, value: str) -> dict[str, Parameter]:
        """Return the parameters without one value of a list."""
        return self.parameters(**{name: [each for each in self.chosen(name) if each != value]})

    def toggled(self, name: str, value: str) -> dict[str, Parameter]:
        """Return the parameters with `value` added to the list, or taken from it."""
        if value in self.chosen(name):
            return self.without(name, value)
        return self.parameters(**{name: [*self.chosen(name), value]})

    def chosen(self, name: str) -> list[str]:
        """Return the values of a list that are asked for."""
        values: list[str] = getattr(self, name)
        return values
