"""A campaign that a person stopped is not started by a restart of the machine, nor by mistake."""

from __future__ import annotations

from flows.called import called_of
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
        name, words = session.campaign.name, called_of(session.campaign.folder, session.history.path)
        raise StoppedError(f"{name} was {order}. To go on: douka resume {words}, then start it again")
