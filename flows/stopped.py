"""A campaign that a person stopped is not started by a restart of the machine, nor by mistake."""

from __future__ import annotations

from flows.errors import StoppedError
from loop.session import Session


def refuse_stopped(session: Session) -> None:
    """Obey what was ordered before anything is started.

    Parameters
    ----------
    session
        Of the campaign.

    Raises
    ------
    StoppedError
        Saying who stopped it, when and why, and how it goes on.
    """
    order = session.obey()
    if order is not None and order.ends:
        name = session.campaign.name
        raise StoppedError(f"{name} was {order}. To go on: douka resume {name}, then start it again")
