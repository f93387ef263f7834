"""The shape of the code: short functions, small modules, clear names, few catch-alls."""

import ast
import pathlib
import statistics
import subprocess
from collections.abc import Iterator

import pytest

from tests.testdata import ROOT

PACKAGES = ("situation", "sensors", "detect", "playbooks", "soc_api")
FORBIDDEN_NAMES = {"utils", "helpers", "common", "base", "misc", "manager", "handler"}
FORBIDDEN_ENDINGS = ("Manager", "Handler", "Helper", "Processor", "Utils")
CATCH_ALL_LIMIT = 4
"""Sensor loop, detector run, playbook step and HTTP request may catch everything."""

Function = ast.FunctionDef | ast.AsyncFunctionDef


def _modules() -> list[pathlib.Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "*.py"],  # noqa: S607 - git is found by PATH
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [ROOT / name for name in listed.stdout.split() if (ROOT / name).exists()]


def _packaged() -> list[pathlib.Path]:
    return [path for path in _modules() if path.relative_to(ROOT).parts[0] in PACKAGES]


def _functions(paths: list[pathlib.Path]) -> Iterator[tuple[int, str, Function]]:
    for path in paths:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, Function):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                yield lines, f"{path.relative_to(ROOT)}:{node.lineno} {node.name}", node


def _worst(measured: list[tuple[int, str]]) -> str:
    return "\n".join(f"{size} {place}" for size, place in sorted(measured, reverse=True)[:5])


def test_functions_are_short() -> None:
    measured = [(lines, place) for lines, place, _ in _functions(_modules())]
    sizes = sorted(lines for lines, _ in measured)
    quantiles = statistics.quantiles(sizes, n=100)
    assert quantiles[49] <= 12, _worst(measured)
    assert quantiles[89] <= 30, _worst(measured)
    assert quantiles[98] <= 60, _worst(measured)
    assert sizes[-1] <= 80, _worst(measured)


def test_modules_are_small() -> None:
    measured = [
        (len(path.read_text().splitlines()), str(path.relative_to(ROOT))) for path in _modules()
    ]
    assert max(measured)[0] <= 600, _worst(measured)
    assert statistics.median(size for size, _ in measured) <= 150, _worst(measured)


def test_no_folder_of_a_package_holds_more_than_a_dozen_and_a_half_modules() -> None:
    folders: dict[pathlib.Path, int] = {}
    for path in _packaged():
        folders[path.parent] = folders.get(path.parent, 0) + 1
    crowded = {str(folder.relative_to(ROOT)): n for folder, n in folders.items() if n > 18}
    assert not crowded


def test_functions_take_at_most_five_positional_parameters() -> None:
    crowded = [
        place
        for _, place, node in _functions(_packaged())
        if len(node.args.posonlyargs) + len(node.args.args) - _is_method(node) > 5
        and not _is_compiled(node)
    ]
    assert not crowded


def _is_method(node: Function) -> int:
    return int(bool(node.args.args) and node.args.args[0].arg in {"self", "cls"})


def _is_compiled(node: Function) -> bool:
    # The compiler of the packet kernel takes no keyword-only parameters.
    return any("jit" in ast.dump(decorator) for decorator in node.decorator_list)


def test_classes_have_at_most_ten_public_methods() -> None:
    crowded = [
        f"{path.relative_to(ROOT)} {node.name}"
        for path in _packaged()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ClassDef) and _public_methods(node) > 10
    ]
    assert not crowded


def _public_methods(node: ast.ClassDef) -> int:
    return sum(isinstance(item, Function) and not item.name.startswith("_") for item in node.body)


def test_only_the_four_boundaries_catch_everything() -> None:
    places = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in _packaged()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or getattr(node.type, "id", "") in {"Exception", "BaseException"})
    ]
    assert len(places) <= CATCH_ALL_LIMIT, places


@pytest.mark.parametrize("path", _packaged(), ids=lambda path: str(path.relative_to(ROOT)))
def test_names_say_what_they_define(path: pathlib.Path) -> None:
    assert path.stem not in FORBIDDEN_NAMES
    classes = [n for n in ast.walk(ast.parse(path.read_text())) if isinstance(n, ast.ClassDef)]
    assert not [node.name for node in classes if node.name.endswith(FORBIDDEN_ENDINGS)]


def test_every_source_file_has_a_test_that_bears_its_folder_s_name() -> None:
    tested = {
        path.parent.relative_to(ROOT / "tests") for path in _modules() if "tests" in path.parts
    }
    folders = {path.parent.relative_to(ROOT) for path in _packaged()}
    rooms = {folder.parts[0] for folder in folders}
    assert rooms <= {folder.parts[0] for folder in tested if folder.parts}


def test_the_project_names_no_registry_host() -> None:
    hosts = (
        "pypi." + "org",
        "files.python" + "hosted",
        "repo1." + "maven",
        "repo.maven." + "apache",
    )
    listed = [ROOT / "requirements.lock", ROOT / "pyproject.toml", ROOT / "Makefile", *_modules()]
    assert not [path for path in listed if any(host in path.read_text() for host in hosts)]
