"""What a measurement file says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from adapters.magnetometry.column import Mode
from adapters.magnetometry.specimen import Specimen

if TYPE_CHECKING:
    import pandas as pd

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, eq=False)
class Measurement:
    """A table of temperatures, fields and moments, with what is known of the specimen.

    Parameters
    ----------
    columns
        By name, (n,) each: ``temperature`` (K), ``field`` (A/m, applied), and one of ``moment`` (A·m²),
        ``specific_moment`` (A·m²/kg) and ``magnetization`` (A/m), where known its standard error under
        ``<name>_error``, and ``time`` (s). NaN where a row says nothing. Temperature or field may be missing.
    units
        Of the columns.
    headings
        What each column was called in the file, with its unit there.
    specimen
        Mass and geometry.
    mode
        How the moment was measured.
    path, sha256
        The file, and the SHA-256 of its bytes.
    program
        What the file says that wrote it.
    remarks
        What was left out or taken for granted, in words.
    """

    columns: Mapping[str, Array]
    units: Mapping[str, str]
    headings: Mapping[str, str]
    specimen: Specimen
    mode: Mode
    path: str
    sha256: str
    program: str = ""
    remarks: tuple[str, ...] = ()

    @property
    def quantity(self) -> str:
        """Name of the column that holds the signal: moment, specific_moment or magnetization."""
        return next(name for name in ("moment", "specific_moment", "magnetization") if name in self.columns)

    @property
    def signal(self) -> Array:
        """That column, (n,)."""
        return self.columns[self.quantity]

    @property
    def temperature(self) -> Array:
        """In K, (n,); NaN where the file does not say."""
        return self.columns.get("temperature", np.full(len(self.signal), np.nan))

    @property
    def field(self) -> Array:
        """Applied field in A/m, (n,); NaN where the file does not say."""
        return self.columns.get("field", np.full(len(self.signal), np.nan))

    @property
    def table(self) -> pd.DataFrame:
        """All columns as a data frame; ``attrs["units"]`` holds their units."""
        import pandas as pd

        frame = pd.DataFrame(dict(self.columns))
        frame.attrs["units"] = dict(self.units)
        return frame
