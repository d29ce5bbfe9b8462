"""The options of a slot, validated."""

from __future__ import annotations

from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from loop.errors import CampaignError
from loop.protocols import SlotContext


class Options(BaseModel):
    """Base of an adapter's options: unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


AnyOptions = TypeVar("AnyOptions", bound=Options)


def parse_options(kind: type[AnyOptions], context: SlotContext) -> AnyOptions:
    """Validate the ``options`` of a slot.

    Raises
    ------
    CampaignError
        Naming the slot and the key, what was found and what was expected.
    """
    try:
        return kind.model_validate(dict(context.options))
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        found = "" if first["type"] == "missing" else f" (found {first['input']!r})"
        known = ", ".join(kind.model_fields)
        raise CampaignError(
            f"slot {context.slot!r}: options.{key}: {first['msg']}{found}; known options: {known}"
        ) from error
