"""`make bench`: every measurement, one after the other, as figures of one run."""

import platform

from tests.bench import (
    classified,
    console,
    documents,
    elastic_store,
    live,
    logs,
    meter,
    netflow,
    outbox,
    parquet_store,
    playbooks,
    protocol,
    reading,
    schedule,
    spool,
    start,
    state_store,
    structured_logs,
)

BENCHMARKS = (
    start,
    meter,
    live,
    protocol,
    logs,
    structured_logs,
    netflow,
    outbox,
    playbooks,
    schedule,
    spool,
    state_store,
    console,
    parquet_store,
    elastic_store,
    documents,
    reading,
    classified,
)


def main() -> None:
    """Run all benchmarks and print the machine first."""
    print(f"{platform.machine()}, {platform.system()}, Python {platform.python_version()}")
    for benchmark in BENCHMARKS:
        benchmark.run()


if __name__ == "__main__":
    main()
