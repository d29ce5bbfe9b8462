"""The loop: what is true (domain types, assimilation, choice, history).

``loop.Study``, ``loop.Campaign``, ``loop.History``, ``loop.DataAssimilation`` and ``loop.Structure`` are imported when
they are first asked for, so that ``import loop`` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from loop.assimilation import DataAssimilation, Structure
    from loop.campaign import Campaign
    from loop.history import History
    from loop.study import Study

__all__ = ["Campaign", "DataAssimilation", "History", "Structure", "Study"]

_WHERE = {
    "Campaign": "loop.campaign",
    "DataAssimilation": "loop.assimilation",
    "History": "loop.history",
    "Structure": "loop.assimilation",
    "Study": "loop.study",
}


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module 'loop' has no attribute {name!r}; it offers {', '.join(__all__)}")
    return getattr(import_module(_WHERE[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
