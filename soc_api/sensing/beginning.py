"""Captures that begin at once: a command that captures does so before it loads all the rest."""

from collections.abc import Mapping

from sensors.wire.plan import Plan, plan_of
from sensors.wire.worker_process import WorkerProcess
from situation.clock import SystemClock
from situation.settings import Settings
from soc_api.sensing.line import PACKET
from soc_api.sensing.packets import meter_settings


def begin_captures(settings: Settings, idle: list[WorkerProcess]) -> Mapping[str, Plan]:
    """Let the inputs that capture begin, with processes that were started before where there are.

    Raises `Misconfigured` where one cannot be captured.
    """
    plans = {}
    for name, one in settings.inputs.items():
        if one.type == PACKET:
            plans[name] = plan_of(
                name,
                one,
                observer=settings.sensor.observer,
                meter=meter_settings(settings),
                folder=settings.store.folder,
            )
    for plan in plans.values():
        wanting = plan.workers - len(idle)
        idle += [WorkerProcess() for _ in range(wanting)]
        plan.begin(idle[: plan.workers], SystemClock())
        del idle[: plan.workers]
    for process in idle:
        process.close()
    return plans
