"""What playbooks are given: the house that they see, and the ways out of it."""

from playbooks.action.catalogue import ACTIONS
from playbooks.action.means import Means
from playbooks.execution.house import House
from playbooks.execution.versions import install_shipped
from playbooks.library.shelf import FOLDER, read_shelf
from soc_api.slices import Slices
from soc_api.wiring import City


def open_house(city: City) -> House:
    """Return plan, assets, points of enforcement and actions of an installation."""
    settings = city.settings
    return House(
        plan=city.plan,
        assets=city.assets,
        points=settings.points,
        actuators=settings.actuators,
        channels={name: one.type for name, one in settings.channels.items()},
        actions=ACTIONS,
    )


def open_means(city: City) -> Means:
    """Return what actions outside may use."""
    return Means(events=city.events, slices=Slices(city), actuators=city.settings.actuators)


def install_playbooks(city: City) -> int:
    """Publish the playbooks that come along and keep the city's own; return how many are new."""
    own = city.settings.city.playbooks
    shelf = read_shelf((FOLDER, own) if own else (FOLDER,))
    with city.state.transaction() as session:
        return install_shipped(session, shelf, city.clock.now())
