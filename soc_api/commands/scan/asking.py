"""`citywatch scan ask|stop|declare`: asking the running scanner, and the catalogue."""

import json
import pathlib
from typing import Annotated

import typer

from situation.faults import Malformed
from soc_api.commands.acting import AsOption, acting
from soc_api.commands.options import ConfigOption, DataOption, JsonOption, settings_of
from soc_api.terminal import say

app = typer.Typer()

MOST_FAULTS = 20
"""Faults of a file that are told at once."""


@app.command("ask")
def ask_command(
    target: Annotated[
        str, typer.Argument(metavar="TARGET", help="Name in [scans.NAME], or a path or URL.")
    ],
    *,
    name: AsOption,
    department: Annotated[
        str, typer.Option("--department", help="Full name of the department that owns it.")
    ] = "",
    zone: Annotated[
        str | None,
        typer.Option("--zone", help="internal, internet, public_share, partner or personal."),
    ] = None,
    config: ConfigOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Ask for a scan; the scanner of `citywatch run` does it, within the hours of its target.

    Example: citywatch scan ask share --as song
    """
    from soc_api.permission import Permission
    from soc_api.scan.run.asking import ask_scan
    from soc_api.scan.target import check_there, target_of
    from soc_api.wiring import open_city

    settings = settings_of(config, data=data)
    wanted = target_of(settings, target, department=department, zone=zone)
    check_there(wanted)
    with open_city(settings) as city:
        person = acting(city, name, Permission.MANAGE_SCANS)
        with city.state.transaction() as session:
            run = ask_scan(session, wanted, by=person, now=city.clock.now())
            run_id = run.id
    say(json.dumps({"run": run_id}) if as_json else f"Asked for scan {run_id} of {wanted.location}")


@app.command("stop")
def stop_command(
    run: Annotated[str, typer.Argument(metavar="RUN", help="See citywatch scan list.")],
    *,
    name: AsOption,
    config: ConfigOption = None,
    data: DataOption = None,
) -> None:
    """Stop a scan; what it has found stays.

    Example: citywatch scan stop 3f0a91c2d4e5b677 --as song
    """
    from playbooks.revision import found
    from situation.state.tables import ScanRun
    from soc_api.permission import Permission
    from soc_api.scan.run.asking import stop_scan
    from soc_api.wiring import open_city

    with open_city(settings_of(config, data=data)) as city:
        person = acting(city, name, Permission.MANAGE_SCANS)
        with city.state.transaction() as session:
            seen, now = found(session, ScanRun, run).version, city.clock.now()
            stop_scan(session, run, by=person, expected_version=seen, now=now)
    say(f"Stopping {run}")


@app.command("declare")
def declare_command(
    file: Annotated[
        pathlib.Path, typer.Argument(metavar="FILE", help="CSV: the catalogue of departments.")
    ],
    *,
    name: AsOption,
    config: ConfigOption = None,
    data: DataOption = None,
) -> None:
    """Bring in what departments declare of their data: the whole file or nothing of it.

    The first line names the columns: 单位, 数据集, 级别, and where they are known 路径, 扫描目标,
    开放属性, 已列入目录, 所属系统, 审批, 公开发布, 应有类型, 人口.

    Example: citywatch scan declare catalogue.csv --as song
    """
    from playbooks.finding.catalogue import import_csv
    from soc_api.permission import Permission
    from soc_api.scan.key import open_key
    from soc_api.wiring import open_city

    text = _read(file)
    settings = settings_of(config, data=data)
    with open_city(settings) as city:
        person = acting(city, name, Permission.MANAGE_SCANS)
        with city.state.transaction() as session:
            done = import_csv(
                session, text, key=open_key(settings), by=person, now=city.clock.now()
            )
            if done.faults:
                faults = [f"line {line}: {fault}" for line, fault in done.faults]
                raise Malformed("; ".join(faults[:MOST_FAULTS]), where=str(file))
    say(f"{done.added} declared, {done.changed} changed, {done.unchanged} as they were")


def _read(file: pathlib.Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except OSError as error:
        raise Malformed(f"cannot be read: {error.strerror}", where=str(file)) from error
    except UnicodeDecodeError as error:
        raise Malformed("is no UTF-8", where=str(file)) from error
