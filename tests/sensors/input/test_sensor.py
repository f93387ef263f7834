"""The whole log sensor: every input over the real spool, killed and taken up again."""

import os
import pathlib
import random
import signal
import socket
import subprocess
import sys
import textwrap
import threading

from sensors.input.file.following import Follower
from sensors.input.opening import Parts, open_inputs
from sensors.input.sensor import LogSensor
from sensors.spool.spool import Spool
from situation.assets import Assets
from situation.clock import SystemClock
from situation.settings import InputSettings, SpoolSettings
from tests.sensors.input.parts import reading, until

ROUNDS = 25 if os.environ.get("CITYWATCH_SOAK") else 3

CHILD = textwrap.dedent(
    """
    import pathlib, sys, threading
    from sensors.input.file.following import Follower, Pace
    from sensors.spool.spool import Spool
    from situation.clock import SystemClock
    from situation.settings import SpoolSettings
    from tests.sensors.input.parts import reading, until

    folder = pathlib.Path(sys.argv[1])
    spool = Spool(folder / "spool", sensor="s", clock=SystemClock(), settings=SpoolSettings())
    print("open", flush=True)
    pace = Pace(poll=0.005, unfinished=60)
    paths = [str(folder / "logs" / "*")]
    Follower(reading(), paths, spool, SystemClock(), pace=pace).run(threading.Event())
    """
)


def spooled(folder: pathlib.Path) -> list[str]:
    spool = Spool(folder, sensor="s", clock=SystemClock(), settings=SpoolSettings())
    messages: list[str] = []
    while taken := spool.take(10_000, 10**8):
        for one in taken:
            messages += one.frame["message"].to_list() if one.frame.height else []
    spool.close()
    return messages


def test_a_follower_that_is_killed_reads_every_line_once(tmp_path: pathlib.Path) -> None:
    chance = random.Random(4)  # noqa: S311 - the same kills again
    logs = tmp_path / "logs"
    logs.mkdir()
    written = 0
    for number in range(ROUNDS):
        with subprocess.Popen(
            [sys.executable, "-c", CHILD, str(tmp_path)], stdout=subprocess.PIPE
        ) as child:
            assert child.stdout is not None
            child.stdout.readline()
            for _ in range(chance.randrange(5, 40)):
                with (logs / "app.log").open("a") as file:
                    for _ in range(chance.randrange(400)):
                        file.write(f"line {written} of many\n")
                        written += 1
                if chance.random() < 0.1:
                    (logs / "app.log").rename(logs / f"app.log.{number}.{written}")
            threading.Event().wait(chance.random() * 0.3)
            child.send_signal(signal.SIGKILL)
    with subprocess.Popen(
        [sys.executable, "-c", CHILD, str(tmp_path)], stdout=subprocess.PIPE
    ) as child:
        assert child.stdout is not None
        child.stdout.readline()
        size = 0

        def is_quiet() -> bool:
            nonlocal size
            before = size
            threading.Event().wait(0.5)
            size = sum(path.stat().st_size for path in (tmp_path / "spool").iterdir())
            return size == before

        until(is_quiet)
        child.kill()
    messages = spooled(tmp_path / "spool")
    assert sorted(messages) == sorted(f"line {number} of many" for number in range(written))


def test_a_full_spool_makes_a_file_wait_and_nothing_is_lost(tmp_path: pathlib.Path) -> None:
    spool = Spool(
        tmp_path / "spool",
        sensor="s",
        clock=SystemClock(),
        settings=SpoolSettings(budget_mib=1),
    )
    chance = random.Random(7)  # noqa: S311 - the same lines again
    lines = [f"{number} {chance.randbytes(80).hex()}" for number in range(60_000)]
    (tmp_path / "app.log").write_text("".join(f"{line}\n" for line in lines))
    follower = Follower(reading(), [str(tmp_path / "*.log")], spool, SystemClock())
    found: list[str] = []
    while len(found) < len(lines):
        while follower.step():
            pass
        spool.sync()
        taken = spool.take(10**6, 10**9)
        for one in taken:
            found += one.frame["message"].to_list() if one.frame.height else []
        if taken:
            spool.acknowledge(taken[-1].end, {})
        spool.sync()
    assert found == lines
    assert follower.counters.refusals > 0
    assert follower.counters.balance == 0
    follower.close()
    spool.close()


def test_inputs_hand_over_what_they_took_when_they_are_stopped(tmp_path: pathlib.Path) -> None:
    spool = Spool(tmp_path / "spool", sensor="s", clock=SystemClock(), settings=SpoolSettings())
    (tmp_path / "web.log").write_text("<34>Oct 11 22:14:15 host-1 su: from a file\n")
    opened = open_inputs(
        {
            "udp": InputSettings(type="syslog"),
            "tcp": InputSettings(type="syslog", transport="tcp"),
            "file": InputSettings(type="file", paths=(f"{tmp_path}/*.log",)),
        },
        Parts(spool, SystemClock(), Assets(()), "sensor-1"),
    )
    sensor, stop = LogSensor(opened), threading.Event()
    udp, tcp = (one.getsockname() for one in opened.sockets)
    thread = threading.Thread(target=sensor.run, args=(stop,))
    thread.start()
    line = b"<34>Oct 11 22:14:15 host-1 su: from a socket\n"
    with socket.create_connection(tcp) as one:
        one.sendall(line)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.sendto(line, udp)
    until(lambda: all(health["events"] == 1 for health in sensor.health().values()), sensor.health)
    health = sensor.health()
    assert health["file"]["places"] == {f"{tmp_path}/web.log": 43}
    assert health["file"]["lag_octets"] == 0
    assert all(told["starts"] == 1 for told in health.values())
    stop.set()
    thread.join()
    frames = [one.frame for one in spool.take(100, 10**8) if one.frame.height]
    assert sum(frame.height for frame in frames) == 3
    assert {frame["citywatch.log.source"][0] for frame in frames} == {"udp", "tcp", "file"}
    spool.close()
