"""``virtual_sample``: a laboratory that does not exist, for campaigns that show the loop at work.

Every measured value is made up from a known curve: ``offset + slope · curve(x)``, times a noise. The loop sees one
value at a time, as from a magnetometer, and never the curve.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Mapping
from typing import Annotated

import numpy as np
from pydantic import Field, FiniteFloat, NonNegativeFloat

from adapters.options import Options, parse_options
from adapters.tables import read_table
from loop.errors import CampaignError, NotSentError
from loop.history.durable import write_durably
from loop.protocols import API_VERSION, SlotContext
from loop.records import Provenance, Request, Result, content_key


class VirtualSampleOptions(Options):
    """Options of a slot of virtual samples.

    Parameters
    ----------
    curve
        CSV table of the known curve (see :func:`adapters.tables.read_table`), relative to the campaign's folder;
        between its points it is interpolated monotonically (PCHIP), so its highest point stays its highest.
    offset
        In the unit of the target.
    slope
        Factor on the curve.
    noise
        Relative standard deviation of a measurement, stated with every value.
    seconds
        How long making and measuring a sample takes.
    """

    curve: Annotated[str, Field(min_length=1)]
    offset: FiniteFloat = 0.0
    slope: FiniteFloat = 1.0
    noise: NonNegativeFloat = 0.01
    seconds: NonNegativeFloat = 0.0


class VirtualSample:
    """A magnetometer with virtual samples of one composition variable.

    The noise is drawn by the campaign's seed and the request's id: the same request always gets the same answer.

    Parameters
    ----------
    context
        See :class:`~loop.protocols.SlotContext`.

    Raises
    ------
    CampaignError
        Where the options are unusable, or the design space has more than one variable.
    DataError
        Where the table is.
    """

    API_VERSION = API_VERSION

    def __init__(self, context: SlotContext) -> None:
        # scipy's interpolation takes a while to import, and listing adapters shall not wait for it
        from scipy.interpolate import PchipInterpolator

        self._context = context
        self._options = parse_options(VirtualSampleOptions, context)
        if len(context.space.names) != 1:
            found = ", ".join(context.space.names)
            raise CampaignError(f"slot {context.slot!r}: virtual samples have one variable, the space has {found}")
        rows, self._sha256 = read_table(context.folder / self._options.curve, context.space, context.unit)
        points = sorted((row.x[0], row.value) for row in rows)
        if len(points) < 2:
            raise CampaignError(f"slot {context.slot!r}: {self._options.curve} has fewer than two points")
        self._curve = PchipInterpolator([x for x, _ in points], [value for _, value in points], extrapolate=False)
        self._ends = (points[0][0], points[-1][0])
        self._started: dict[str, float] = {}
        self._requests: dict[str, Request] = {}

    def submit(self, request: Request) -> None:
        """Begin to make the sample, unless that was begun before."""
        if request.id in self._requests:
            return
        try:
            self._started[request.id] = self._since(request) if self._options.seconds else 0.0
        except OSError as error:
            raise NotSentError(f"the sample {request.id} cannot be begun now ({error})") from error
        self._requests[request.id] = request

    def poll(self) -> Mapping[str, str]:
        """Made and measured, or how long that will still take."""
        return {
            name: f"making and measuring, {left:.0f} s to go" if (left := self._left(name)) > 0 else "done"
            for name in self._requests
        }

    def collect(self) -> Iterable[Result]:
        """Hand over what is measured."""
        return [self._measured(request) for name, request in self._requests.items() if self._left(name) <= 0]

    def ready(self, requests: Collection[str]) -> Iterable[str]:
        """Name the samples that are measured by now."""
        if not self._options.seconds:
            return sorted(requests)
        marks = {name: self._context.state / f"{name}.started" for name in sorted(requests)}
        begun = {name: float(mark.read_text(encoding="ascii")) for name, mark in marks.items() if mark.is_file()}
        return [name for name, since in begun.items() if time.time() - since >= self._options.seconds]

    def cancel(self, request_id: str) -> None:
        """Forget a sample."""
        self._requests.pop(request_id, None)

    def _since(self, request: Request) -> float:
        """When its sample was begun, across a crash."""
        mark = self._context.state / f"{request.id}.started"
        if not mark.is_file():
            write_durably(mark, repr(time.time()).encode())
        return float(mark.read_text(encoding="ascii"))

    def _left(self, name: str) -> float:
        return self._started[name] + self._options.seconds - time.time()

    def _measured(self, request: Request) -> Result:
        options = self._options
        x = min(max(request.x[0], self._ends[0]), self._ends[1])
        true = options.offset + options.slope * float(self._curve(x))
        rng = np.random.default_rng([self._context.seed, int(content_key(request.id), 16)])
        value = true * (1 + options.noise * float(rng.standard_normal()))
        return Result(
            request_id=request.id,
            target=self._context.target,
            x=request.x,
            value=value,
            unit=self._context.unit,
            uncertainty=abs(options.noise * true) or None,
            label=self._context.space.label(request.x),
            provenance=Provenance(
                key=content_key("virtual sample", self._context.target, request.id, value),
                adapter=self._context.slot,
                file=options.curve,
                file_sha256=self._sha256,
                laboratory="virtual",
                sample=f"virtual sample of {request.label}",
                note="synthetic: made up from a known curve, measured by nobody",
            ),
        )
