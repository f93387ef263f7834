"""`make bench`: every measurement, one after the other, as figures of one run."""

import platform

from tests.bench import event_store, meter, start

BENCHMARKS = (start, meter, event_store)


def main() -> None:
    """Run all benchmarks and print the machine first."""
    print(f"{platform.machine()}, {platform.system()}, Python {platform.python_version()}")
    for benchmark in BENCHMARKS:
        benchmark.run()


if __name__ == "__main__":
    main()
