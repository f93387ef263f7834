"""The Elasticsearch distribution for the tests: found, or fetched once, and unpacked."""

import hashlib
import os
import pathlib
import shutil
import subprocess
import zipfile

from tests.testdata import missing

VERSION = "8.19.21"
SHA256 = "215d5f3dbf0609a149f6218a9e47b6ae2df34ebbff3c5754e35f15a5e5393c8a"
ARTIFACT = f"org.elasticsearch.distribution.integ-test-zip:elasticsearch:{VERSION}:zip"
MAVEN_GOAL = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy"


def unpacked(folder: pathlib.Path) -> pathlib.Path:
    """Return the home of a distribution below `folder`, or the one that the environment names."""
    archive = _archive()
    if archive.is_dir():
        return archive
    with zipfile.ZipFile(archive) as file:
        file.extractall(folder / "home")
    return next((folder / "home").iterdir())


def _archive() -> pathlib.Path:
    given = os.environ.get("CITYWATCH_ELASTICSEARCH")
    if given:
        return pathlib.Path(given)
    cache = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache")
    kept = cache / "citywatch" / f"elasticsearch-{VERSION}.zip"
    if not kept.exists():
        _fetch(kept)
    if hashlib.sha256(kept.read_bytes()).hexdigest() != SHA256:
        missing(f"{kept} is not Elasticsearch {VERSION}: remove it and try again")
    return kept


def _fetch(into: pathlib.Path) -> None:
    maven = shutil.which("mvn")
    if maven is None:
        missing("no Maven: Elasticsearch cannot be fetched (apt-get install maven)")
    into.parent.mkdir(parents=True, exist_ok=True)
    copied = subprocess.run(
        [
            str(maven),
            *("-B", "-q", MAVEN_GOAL),
            *(f"-Dartifact={ARTIFACT}", f"-DoutputDirectory={into.parent}"),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    if copied.returncode or not into.exists():
        missing(f"Maven could not fetch {ARTIFACT}: {copied.stdout[-300:]}")
