"""The mapping file of ``douka import``: which tables, and which of their columns mean what."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, PositiveInt, ValidationError, model_validator
from pydantic_core import ErrorDetails

from loop.errors import DataError
from loop.space import Space

TEXTS = ("id", "unit", "laboratory", "person", "sample", "paper", "doi", "method", "note")
"""Fields of a row that are texts; they and the design variables may also be constants of a table."""

NUMBERS = ("value", "uncertainty", "volume_A3_per_fu", "temperature_K")
"""Fields of a row that are numbers, beside the design variables."""

ORDERS = ("order", "date")
"""Fields that say when: a number, or a date as in 2019-04-02."""

_FIELDS = (*NUMBERS, "formula", *TEXTS, *ORDERS)


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class TableMapping(_Model):
    """``[[tables]]``: one table of values of one target."""

    file: str = Field(min_length=1, description="CSV or Excel (.xlsx) file, relative to the mapping file")
    target: str = Field(min_length=1, description="target of the campaign that the values are of")
    columns: dict[str, str] = Field(description="name of the column that holds each field or design variable")
    unit: str = Field("", description="unit of all values; else map a column to 'unit'")
    constants: dict[str, str] = Field(default_factory=dict, description="fields that are the same in every row")
    sheet: str | None = Field(None, description="sheet of an Excel file; the first one if absent")
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] = ","
    decimal: Literal[".", ","] = "."

    @model_validator(mode="after")
    def _consistent(self) -> TableMapping:
        if "value" not in self.columns:
            raise ValueError("columns.value is missing: expected the name of the column that holds the values")
        if bool(self.unit) == ("unit" in self.columns):
            raise ValueError("the unit is said twice or not at all: expected either unit = '…' or columns.unit = '…'")
        if set(ORDERS) <= set(self.columns):
            raise ValueError("columns.order and columns.date both say when: expected one of them")
        for field in self.constants:
            if field in self.columns:
                raise ValueError(f"{field!r} is a column and a constant: expected one of them")
        return self

    def require_known(self, space: Space) -> None:
        """Refuse columns and constants for fields that there are not.

        Raises
        ------
        DataError
            Naming the field and those there are.
        """
        known = (*space.names, *_FIELDS)
        unknown = sorted(set(self.columns) - set(known))
        if unknown:
            raise DataError(f"{self.file}: columns.{unknown[0]}: unknown; a column can hold {', '.join(known)}")
        constant = [*space.names, *(name for name in TEXTS if name != "unit")]
        unknown = sorted(set(self.constants) - set(constant))
        if unknown:
            raise DataError(f"{self.file}: constants.{unknown[0]}: unknown; constant can be {', '.join(constant)}")


class Mapping(_Model):
    """The whole file."""

    campaign: str = Field(min_length=1, description="the campaign's file or folder, relative to the mapping file")
    batch: PositiveInt | None = Field(None, description="rows that make one cycle")
    tables: tuple[TableMapping, ...] = Field(min_length=1)


def read_mapping(file: Path) -> Mapping:
    """Read and check a mapping file.

    Parameters
    ----------
    file
        TOML.

    Raises
    ------
    DataError
        Naming the file and the key, what was found and what was expected.
    """
    try:
        return Mapping.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{file}: cannot be read as UTF-8 text ({error})") from error
    except tomllib.TOMLDecodeError as error:
        raise DataError(f"{file}: not valid TOML: {error}") from error
    except ValidationError as error:
        raise DataError(f"{file}: " + "; ".join(_explain(one) for one in error.errors())) from error


def _explain(error: ErrorDetails) -> str:
    key = ".".join(str(part) for part in error["loc"]) or "the file as a whole"
    match error["type"]:
        case "extra_forbidden":
            return f"unknown key {key!r} (value {error['input']!r})"
        case "missing":
            return f"the key {key!r} is missing"
        case "value_error":
            return f"{key}: {error['ctx']['error']}"
        case _:
            return f"{key} = {error['input']!r}: {error['msg'][:1].lower()}{error['msg'][1:]}"
