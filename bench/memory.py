"""What one worker process takes, after everything above was asked of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bench.house import Served
from bench.table import Row, at_most

KIB_IN_MB = 1024 / 1_000_000


def measured(server: Served) -> Iterator[Row]:
    """Yield the largest worker: its own and its share of what both have in common (PSS).

    That is what one more worker costs. All that is resident (RSS) counts what is shared in each.
    """
    resident = max(kib(pid, "status", "VmRSS:") for pid in server.workers) * KIB_IN_MB
    share = max(kib(pid, "smaps_rollup", "Pss:") for pid in server.workers) * KIB_IN_MB
    yield at_most("memory of the largest worker: PSS", share, 110, "MB")
    yield Row("memory of the largest worker: RSS", f"{resident:.1f} MB")


def kib(pid: int | str, file: str, name: str) -> int:
    """Return one figure of the kernel about a process."""
    lines = Path(f"/proc/{pid}/{file}").read_text().splitlines()
    return int(next(line for line in lines if line.startswith(name)).split()[1])
