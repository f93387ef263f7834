"""The composition root: settings become stores, assets, plan and clock."""

import contextlib
import pathlib
from collections.abc import Iterator
from dataclasses import dataclass

from playbooks.plan import Plan, load_plan
from playbooks.plan.document import FOLDER
from situation.assets import Assets, read_assets
from situation.clock import Clock, SystemClock
from situation.events.opening import open_event_store
from situation.events.store import EventStore
from situation.faults import Misconfigured
from situation.settings import Settings
from situation.state.anchor import Anchor
from situation.state.store import StateStore, open_state_store


@dataclass(frozen=True, slots=True)
class City:
    """Everything that the parts of one installation are given."""

    settings: Settings
    events: EventStore
    state: StateStore
    assets: Assets
    plan: Plan
    clock: Clock


@contextlib.contextmanager
def open_city(settings: Settings, clock: Clock | None = None) -> Iterator[City]:
    """Open both stores, the asset table and the plan; close the stores at the end."""
    assets = read_assets(settings.city.assets)
    plan = load_plan(settings.city.plan or FOLDER)
    with contextlib.ExitStack() as opened:
        events = open_events(settings)
        opened.callback(events.close)
        set_up(events)
        clock = clock or SystemClock()
        state = open_state(settings, clock)
        opened.callback(state.close)
        yield City(settings, events, state, assets, plan, clock)


def open_state(settings: Settings, clock: Clock) -> StateStore:
    """Open the state store that the settings name, with the anchor of its audit."""
    return open_state_store(settings.state_url, Anchor(settings.anchor_path, clock))


def set_up(events: EventStore) -> None:
    """Set the store up, or see that an operator has; raise `Misconfigured` where neither is."""
    try:
        events.setup()
    except Misconfigured:
        # A key of least privilege may not set the store up; an operator has, then.
        health = events.health()
        if not (health.mapped and health.writable):
            raise


def open_events(settings: Settings, *, username: str = "", password: str = "") -> EventStore:
    """Open the event store that the settings name, without setting it up.

    A user with a password goes before the key of the settings.
    """
    store = settings.store
    api_key = store.api_key.get_secret_value()
    if username:
        api_key = ""
    elif not api_key and store.api_key_file is not None:
        api_key = _key_in(store.api_key_file)
    return open_event_store(
        settings.events_url,
        api_key=api_key,
        username=username,
        password=password,
        ca_certs=str(store.ca_certs or ""),
        fingerprint=store.fingerprint,
        prefix=store.index_prefix,
        replicas=store.replicas,
    )


def _key_in(file: pathlib.Path) -> str:
    try:
        return file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise Misconfigured(
            f"{file} cannot be read: {reason}", where="store.api_key_file"
        ) from error
