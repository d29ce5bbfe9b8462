"""What was found before something did not answer, and then that."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from loop.errors import TransientError
from loop.records import Failure, Result


def as_far_as(found: Sequence[Result | Failure], trouble: TransientError | None) -> Iterable[Result | Failure]:
    """Hand over what there is; where some could not be looked at, that is raised after the last of it.

    Parameters
    ----------
    found
        What is finished.
    trouble
        What did not answer; None where everything did.
    """
    return found if trouble is None else _then_raised(found, trouble)


def _then_raised(found: Sequence[Result | Failure], trouble: TransientError) -> Iterator[Result | Failure]:
    yield from found
    raise trouble
