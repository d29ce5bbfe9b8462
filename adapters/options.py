"""The options of a slot, validated."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from loop.errors import CampaignError
from loop.secret import holds_secret

if TYPE_CHECKING:  # processes that only drive devices validate options too, and start sooner without the loop
    from loop.protocols import SlotContext


AnyValue = TypeVar("AnyValue")


class Options(BaseModel):
    """Base of an adapter's options: unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


def written_down(value: AnyValue) -> AnyValue:
    """Refuse a secret in options that are written beside the history as they are.

    Raises
    ------
    ValueError
        Where there is one.
    """
    if holds_secret(value):
        raise ValueError(
            "this is written into the folder of each job, which is kept, so it takes no { env = … }; "
            "let the program itself look at the environment"
        )
    return value


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
        problems = "; ".join(_explain(one) for one in error.errors())
        raise CampaignError(
            f"{context.folder / 'campaign.toml'}: slot {context.slot!r}: {problems}; "
            f"the options of this adapter are {', '.join(kind.model_fields)}"
        ) from error


def _explain(error: ErrorDetails) -> str:
    key = ".".join(str(part) for part in error["loc"])
    if error["type"] == "missing":
        return f"options.{key} is missing"
    if error["type"] == "extra_forbidden":
        return f"options.{key} is unknown (found {error['input']!r})"
    return f"options.{key}: {error['msg']} (found {error['input']!r})"
