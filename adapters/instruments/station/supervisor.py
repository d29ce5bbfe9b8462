"""The process that acts for a station: it outlives the loop's cycles, and ends when nothing is left to do.

``python -m adapters.instruments.station.supervisor FOLDER``, started by the station; the order of work is that of the
requests' ids.
"""

from __future__ import annotations

import sys
from contextlib import nullcontext
from pathlib import Path

from adapters.instruments.containment.contained import never
from adapters.instruments.station.lock import borrowed, supervision
from adapters.instruments.station.measurement import make_safe, measure
from adapters.instruments.station.options import StationOptions, kept_options, secrets_in
from adapters.instruments.station.spool import CANCELLED, OUTCOMES, QUEUE, STARTED, Spool
from loop.facts import now

LOCK_PATIENCE_SECONDS = 5.0


def main(folder: Path) -> None:
    """Work off what is queued; give way where another supervisor does.

    Parameters
    ----------
    folder
        Of the station, which has kept its options there.
    """
    spool = Spool(folder, secrets_in(folder))
    while True:
        try:
            lock = supervision(folder, LOCK_PATIENCE_SECONDS)
        except BlockingIOError:
            return
        with lock:
            settle_interrupted(kept_options(folder), spool)
            while waiting := spool.pending():
                name = waiting[0]
                _measure_in_turn(kept_options(folder), spool, name)
        # Whoever queued something before the lock was free took this process for one at work, and started none.
        if not spool.pending():
            return


def _measure_in_turn(options: StationOptions, spool: Spool, name: str) -> None:
    """Measure once the instrument is free; what is given up before that was never started."""

    def is_given_up() -> bool:
        return spool.has(CANCELLED, name)

    if instrument := borrowed(options.lock, is_given_up, spool.folder):
        with instrument:
            measure(options, spool, spool.get(QUEUE, name), is_given_up)


def settle_interrupted(options: StationOptions, spool: Spool) -> None:
    """What was started and has no outcome was cut short: make safe, and ask a person; repeat only what may be.

    Parameters
    ----------
    options
        Whether a measurement may be repeated.
    spool
        Of the station.
    """
    interrupted = [name for name in spool.names(STARTED) if not spool.has(OUTCOMES, name)]
    if not interrupted:
        return
    # Never None: nobody gives up. Whoever has the instrument meanwhile would not like it to be stopped.
    with borrowed(options.lock, never, spool.folder) or nullcontext():
        problems = make_safe(options, spool)
    safe = "devices were brought to their safe state" if not problems else f"NOT SAFE: {'; '.join(problems)}"
    for name in interrupted:
        if options.repeatable:
            spool.remove(STARTED, name)
            continue
        reason = f"it was started, and the measuring process ended before there was an outcome; {safe}"
        spool.add(
            OUTCOMES,
            name,
            {"cause": "interrupted", "reason": reason, "unknown": True, "safe": not problems, "finished": now()},
        )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
