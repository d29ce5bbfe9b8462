"""The simulator: submit, poll, collect, cancel."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from loop.errors import CampaignError
from loop.protocols import API_VERSION, SlotContext
from loop.records import Failure, Provenance, Request, Result, content_key

VALENCE = {"V": 5, "Cr": 6, "Mn": 7, "Fe": 8, "Co": 9, "Ni": 10}


class SlaterPauling:
    """The moment of an atom is 2 N_up − Z, with N_up = 5 + s filled majority states (strong ferromagnetism).

    Williams, Moruzzi, Malozemoff and Terakura, IEEE Trans. Magn. 19, 1983 (1983).

    Parameters
    ----------
    context
        What the campaign file says of the slot. Options: ``sp_states``, majority states of s and p (0.3).
    """

    API_VERSION = API_VERSION

    def __init__(self, context: SlotContext) -> None:
        unknown = set(context.options) - {"sp_states"}
        if unknown:
            raise CampaignError(f"{context.slot}: no such option {', '.join(sorted(unknown))}; there is sp_states")
        if context.unit != "muB/atom" or context.space.formula is None:
            raise CampaignError(f"{context.slot}: gives muB/atom of a formula; the target is in {context.unit}")
        self._context, self._formula = context, context.space.formula
        self._sp_states = float(context.options.get("sp_states", 0.3))
        self._asked: dict[str, Request] = {}

    def submit(self, request: Request) -> None:
        """Take note; a request that is known already changes nothing."""
        self._asked.setdefault(request.id, request)

    def poll(self) -> Mapping[str, str]:
        """It takes no time."""
        return dict.fromkeys(self._asked, "done")

    def collect(self) -> Iterable[Result | Failure]:
        """Answer what was asked, again and again: the loop sorts out what it knows."""
        return [self._answer(request) for request in self._asked.values()]

    def cancel(self, request_id: str) -> None:
        """Forget a request."""
        self._asked.pop(request_id, None)

    def _answer(self, request: Request) -> Result | Failure:
        atoms = self._formula.amounts(request.x)
        strange = [element for element, amount in atoms.items() if amount and element not in VALENCE]
        if strange:
            return Failure(
                request_id=request.id,
                target=self._context.target,
                label=request.label,
                reason=f"the rule knows no {', '.join(strange)}",
                remedy=f"keep to {', '.join(VALENCE)}",
                provenance=self._provenance(request),
            )
        electrons = sum(amount * VALENCE[element] for element, amount in atoms.items() if amount)
        return Result(
            request_id=request.id,
            target=self._context.target,
            x=request.x,
            value=2 * (5 + self._sp_states) - electrons / sum(atoms.values()),
            unit=self._context.unit,
            uncertainty=None,
            label=request.label,
            provenance=self._provenance(request),
        )

    def _provenance(self, request: Request) -> Provenance:
        key = content_key("slater-pauling", self._sp_states, *request.x)
        return Provenance(key=key, adapter=self._context.slot, note="generalized Slater-Pauling rule")
