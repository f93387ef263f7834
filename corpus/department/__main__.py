"""The command line of the department: `python -m corpus.department --out DIR`."""

import argparse
import pathlib
import sys

from corpus.department.building import build


def main(arguments: list[str]) -> int:
    """Write a department; the exit code is 0."""
    parser = argparse.ArgumentParser(prog="corpus.department", description=build.__doc__)
    parser.add_argument("--out", type=pathlib.Path, required=True, help="folder to write into")
    parser.add_argument("--seed", default="1", help="what everything is drawn from")
    parser.add_argument("--truth", type=pathlib.Path, help="file for what is true of each file")
    parser.add_argument(
        "--planted", type=pathlib.Path, help="file for the values that were planted"
    )
    said = parser.parse_args(arguments)
    said.out.mkdir(parents=True, exist_ok=True)
    count = build(said.out, said.seed, truth=said.truth, planted=said.planted)
    sys.stdout.write(f"{count} files in {said.out}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
