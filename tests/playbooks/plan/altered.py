"""A copy of the plan with one text in it changed."""

import pathlib
import shutil

from playbooks.plan.document import FOLDER


def altered(folder: pathlib.Path, file: str, old: str, new: str) -> pathlib.Path:
    """Copy the plan to `folder` and change the first `old` of a file to `new`."""
    shutil.copytree(FOLDER, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return folder
