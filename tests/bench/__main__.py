"""`make bench`: every measurement, one after the other, as figures of one run."""

import platform

from tests.bench import (
    elastic_store,
    logs,
    meter,
    netflow,
    parquet_store,
    spool,
    start,
    structured_logs,
)

BENCHMARKS = (start, meter, logs, structured_logs, netflow, spool, parquet_store, elastic_store)


def main() -> None:
    """Run all benchmarks and print the machine first."""
    print(f"{platform.machine()}, {platform.system()}, Python {platform.python_version()}")
    for benchmark in BENCHMARKS:
        benchmark.run()


if __name__ == "__main__":
    main()
