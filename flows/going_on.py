"""What a person does next where a campaign is held."""

from __future__ import annotations

from loop.control import Order


def going_on(order: Order, name: str) -> str:
    """Say it.

    Parameters
    ----------
    order
        That stands.
    name
        The words that name the campaign and its history again, see :func:`~flows.called.called`.
    """
    first = f"{order.remedy} " if order.remedy else ""
    then = f", then douka run {name} or douka serve {name}" if order.ends else ""
    return f"{first}To go on: douka resume {name}{then}"
