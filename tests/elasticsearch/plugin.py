"""The plugin that gives the small distribution what API keys need, compiled when it is wanted."""

import pathlib
import shutil
import subprocess

from tests.elasticsearch.distribution import VERSION
from tests.testdata import missing

NAME = "MissingParts"
_SOURCE = pathlib.Path(__file__).with_name(f"{NAME}.java")
_DESCRIPTOR = f"""name=missing-parts
description=What the small distribution lacks for the tests
version=1
elasticsearch.version={VERSION}
java.version=17
classname={NAME}
"""


def install(home: pathlib.Path, scratch: pathlib.Path) -> None:
    """Compile the plugin against the server in `home` and put it among its plugins."""
    compiler, packer = shutil.which("javac"), shutil.which("jar")
    if compiler is None or packer is None:
        missing(
            "no Java compiler: the plugin cannot be made (apt-get install default-jdk-headless)"
        )
    classes = scratch / "classes"
    folder = home / "plugins" / "missing-parts"
    folder.mkdir(parents=True)
    _run(
        str(compiler),
        *("-nowarn", "-proc:none", "--release", "17", "-encoding", "UTF-8"),
        *("-cp", f"{home}/lib/*", "-d", str(classes), str(_SOURCE)),
    )
    _run(str(packer), "cf", str(folder / "missing-parts.jar"), "-C", str(classes), ".")
    (folder / "plugin-descriptor.properties").write_text(_DESCRIPTOR)


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True, text=True)
