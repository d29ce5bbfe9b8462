"""Where calculations run: here, in a queue, on workers, wherever somebody carries a folder. No runner knows a code."""

from typing import Annotated

from pydantic import Field

from adapters.simulators.runners.dask import Dask
from adapters.simulators.runners.drop import Drop
from adapters.simulators.runners.local import Local
from adapters.simulators.runners.prefect import Prefect
from adapters.simulators.runners.slurm import Slurm
from adapters.simulators.runners.threads import Threads

AnyRunner = Annotated[Local | Threads | Slurm | Dask | Prefect | Drop, Field(discriminator="kind")]
"""``options.runner`` of a campaign file. A new runner: write its file, add it here."""

__all__ = ["AnyRunner", "Dask", "Drop", "Local", "Prefect", "Slurm", "Threads"]
