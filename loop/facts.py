"""Where, when and with what a cycle was done: kept with every record, left out of its digest."""

from __future__ import annotations

import os
import platform
import socket
import sys
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version

_PACKAGES = ("douka", "numpy", "scipy", "h5py", "pymatgen", "prefect", "pydantic")
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
Facts = dict[str, str | int | float | bool]


def environment() -> Facts:
    """Python, platform, host, packages and threads of linear algebra of this process."""
    facts: Facts = {
        "python": sys.version.split()[0],
        "platform": platform.platform(),
        "host": socket.gethostname(),
        "cpus": os.cpu_count() or 0,
    }
    facts |= {f"package.{name}": _version(name) for name in _PACKAGES}
    return facts | {f"threads.{name}": os.environ.get(name, "default") for name in _THREADS}


def now() -> str:
    """The time in UTC, ISO 8601."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"
