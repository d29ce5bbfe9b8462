"""Our adapters pass the suite that is shipped for everybody's; faulty ones do not."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from adapters.simulators import folder as folder_module
from adapters.simulators.folder import Folder
from adapters.simulators.pool import Pool
from loop.errors import NotSentError, TransientError
from loop.protocols import SlotContext
from loop.records import Failure, Request, Result
from loop.testing import SimulatorSuite, request_at, slot_context

TABLE = "a,value,unit,laboratory\n" + "".join(
    f"{k / 5:.1f},{2 + k / 10 + lab / 100:.2f},muB/f.u.,{lab}\n" for k in range(6) for lab in range(3)
)


@pytest.fixture
def pool_context(tmp_path: Path) -> SlotContext:
    (tmp_path / "table.csv").write_text(TABLE)
    return slot_context(tmp_path, options={"table": "table.csv"})


class TestPool(SimulatorSuite):
    factory = Pool

    @pytest.fixture
    def context(self, pool_context: SlotContext) -> SlotContext:
        return pool_context


def _calculation(path: Path) -> Any:
    """What read_calculation would give for a folder with a file ``moment`` that says ``Fe Co moment``."""
    file = path / "moment"
    iron, cobalt, moment = map(float, file.read_text().split())
    return SimpleNamespace(
        moment_per_cell=moment, composition={"Fe": iron, "Co": cobalt}, volume=11.8 * (iron + cobalt), code="made up",
        code_version="1", functional="PBE", k_mesh=(8, 8, 8), frozen_4f=(), remarks=(), formula="FeCo",
        files={file.name: file.read_text()}, path=str(file), moment_is_fixed=False,
    )  # fmt: skip


class TestFolder(SimulatorSuite):
    factory = Folder

    @pytest.fixture
    def context(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SlotContext:
        monkeypatch.setattr(folder_module, "read_calculation", _calculation)
        return slot_context(tmp_path, options={"folder": "drop", "quiet_seconds": 0.0})

    def happen(self, context: SlotContext, requests: Sequence[Request]) -> None:
        for number, request in enumerate(requests):
            calculation = context.folder / "drop" / f"run{number}"
            calculation.mkdir(exist_ok=True)
            (calculation / "moment").write_text(f"{8 * (1 - request.x[0])} {8 * request.x[0]} {17.0 + number}")

    def away(self, context: SlotContext) -> AbstractContextManager[object]:
        return unmounted(context.folder / "drop")


@contextmanager
def unmounted(folder: Path) -> Iterator[None]:
    """A share that is away for a while."""
    aside = folder.with_name("elsewhere")
    folder.rename(aside)
    yield
    aside.rename(folder)


class Doubled(Pool):
    def collect(self) -> Iterable[Result | Failure]:
        return [*super().collect(), *super().collect()]


class Forgetful(Pool):
    def collect(self) -> Iterable[Result | Failure]:
        found = list(super().collect())
        self._submitted.clear()
        return found


class Resubmitting(Pool):
    """Does the work again when a request is submitted again."""

    def submit(self, request: Request) -> None:
        self.times = getattr(self, "times", 0) + 1
        super().submit(request)

    def collect(self) -> Iterable[Result | Failure]:
        return [replace(item, label=f"run {self.times}") for item in super().collect()]


class Changed(Pool):
    """Every item of every collect is changed in one way."""

    change: Mapping[str, Any]

    def collect(self) -> Iterable[Result | Failure]:
        return [replace(i, **self.change) if isinstance(i, Result) else i for i in super().collect()]


def changed(**change: Any) -> type[Pool]:
    return type("ChangedSo", (Changed,), {"change": change})


class Noisy(Pool):
    _count = itertools.count()

    def collect(self) -> Iterable[Result | Failure]:
        return [replace(i, value=2.0 + next(self._count)) for i in super().collect() if isinstance(i, Result)]


class NoisyOnce(Pool):
    """Repeats itself, but not after a restart."""

    _count = itertools.count()

    def __init__(self, context: SlotContext) -> None:
        super().__init__(replace(context, seed=next(self._count)))


class NewKeys(Pool):
    _count = itertools.count()

    def collect(self) -> Iterable[Result | Failure]:
        return [
            replace(item, provenance=replace(item.provenance, key=str(next(self._count)))) for item in super().collect()
        ]


class OneKey(Pool):
    def collect(self) -> Iterable[Result | Failure]:
        return [replace(item, provenance=replace(item.provenance, key="k")) for item in super().collect()]


class AnswersOthers(Pool):
    def collect(self) -> Iterable[Result | Failure]:
        return [*super().collect(), *(replace(item, request_id="mine") for item in super().collect())]


class CancelRaises(Pool):
    def cancel(self, request_id: str) -> None:
        del self._submitted[request_id]


class CancelDoesNothing(Pool):
    def cancel(self, request_id: str) -> None:
        assert request_id


class CancelsAll(Pool):
    def cancel(self, request_id: str) -> None:
        self._submitted.clear() if request_id else None


class PollIsSilent(Pool):
    def poll(self) -> Mapping[str, str]:
        return {}


class Shuffled(Pool):
    _rng = np.random.default_rng(0)

    def candidates(self) -> Sequence[Sequence[float]]:
        points = list(super().candidates())
        return [points[i] for i in self._rng.permutation(len(points))]


class Twice(Pool):
    def candidates(self) -> Sequence[Sequence[float]]:
        return [*super().candidates(), *super().candidates()]


class Outside(Pool):
    def candidates(self) -> Sequence[Sequence[float]]:
        return [*super().candidates(), (1.5,)]


class Raising(Pool):
    def _answer(self, request: Request) -> Result | Failure:
        self._rows[request.x]
        return super()._answer(request)


class Careless(Pool):
    def __init__(self, context: SlotContext) -> None:
        super().__init__(replace(context, options={"table": context.options["table"]}))


class OldVersion(Pool):
    API_VERSION = 0


class Announced(Pool):
    """Sound: a table has the answer to every request."""

    def ready(self, requests: Collection[str]) -> Iterable[str]:
        return sorted(requests)


class SilentlyReady(Pool):
    def ready(self, requests: Collection[str]) -> Iterable[str]:
        return ["the table"] if requests is not None else []


class NewlyReady(Announced):
    _count = itertools.count()

    def ready(self, requests: Collection[str]) -> Iterable[str]:
        return [f"{name}, look {next(self._count)}" for name in super().ready(requests)]


class ReadyBySubmitting(Announced):
    def ready(self, requests: Collection[str]) -> Iterable[str]:
        for number, name in enumerate(requests):
            self.submit(replace(request_at(self._context, self.candidates()[number], number), id=name))
        return super().ready(requests)


class Frail(Pool):
    """Knows when what it depends on is away."""

    def is_away(self) -> bool:
        return (self._context.folder / "away").exists()


class FailsWhatPasses(Frail):
    def collect(self) -> Iterable[Result | Failure]:
        found = super().collect()
        return [self._unknown_point(each) for each in self._submitted.values()] if self.is_away() else found


class RaisesAsIfForEver(Frail):
    def collect(self) -> Iterable[Result | Failure]:
        if self.is_away():
            raise RuntimeError("the queue is away")
        return super().collect()


class LeavesItOpen(Frail):
    def submit(self, request: Request) -> None:
        if self.is_away():
            raise TimeoutError("sent, or not")
        super().submit(request)


class Patient(Frail):
    """Sound."""

    def submit(self, request: Request) -> None:
        if self.is_away():
            raise NotSentError("the queue is away")
        super().submit(request)

    def collect(self) -> Iterable[Result | Failure]:
        if self.is_away():
            raise TransientError("the queue is away")
        return super().collect()


FAULTS: dict[str, tuple[type[Pool], str]] = {
    "answers twice": (Doubled, "one_outcome_per_request"),
    "answers once only": (Forgetful, "collect_is_repeatable"),
    "submits again": (Resubmitting, "submit_again_changes_nothing"),
    "another value each time": (Noisy, "collect_is_repeatable"),
    "another value after a restart": (NoisyOnce, "answers_survive_a_crash"),
    "another key each time": (NewKeys, "collect_is_repeatable"),
    "one key for all": (OneKey, "keys_tell_results_apart"),
    "answers what nobody asked": (AnswersOthers, "only_submitted_requests_are_answered"),
    "wrong unit": (changed(unit="emu/g"), "results_are_what_the_slot_asked_for"),
    "wrong target": (changed(target="measured"), "results_are_what_the_slot_asked_for"),
    "NaN": (changed(value=float("nan")), "results_are_what_the_slot_asked_for"),
    "uncertainty zero": (changed(uncertainty=0.0), "results_are_what_the_slot_asked_for"),
    "outside the space": (changed(x=(1.5,)), "results_are_what_the_slot_asked_for"),
    "point of two values": (changed(x=(0.5, 0.5)), "results_are_what_the_slot_asked_for"),
    "cancel raises": (CancelRaises, "cancel_of_unknown_ids_is_ignored"),
    "cancel does nothing": (CancelDoesNothing, "cancel_of_a_known_id_is_final"),
    "cancel takes all": (CancelsAll, "cancel_of_unknown_ids_is_ignored"),
    "silent poll": (PollIsSilent, "poll_tells_how_every_request_stands"),
    "shuffled candidates": (Shuffled, "candidates_are_stable_and_inside_the_space"),
    "candidates twice": (Twice, "candidates_are_stable_and_inside_the_space"),
    "candidate outside": (Outside, "candidates_are_stable_and_inside_the_space"),
    "raises at an unknown point": (Raising, "a_point_without_data_is_a_failure"),
    "announces nothing new": (SilentlyReady, "what_is_ready_is_announced"),
    "announces other things each time": (NewlyReady, "what_is_ready_is_announced"),
    "acts when it announces": (ReadyBySubmitting, "what_is_ready_is_announced"),
    "fails what passes": (FailsWhatPasses, "what_is_away_for_a_while_costs_no_request"),
    "raises as if for ever": (RaisesAsIfForEver, "what_is_away_for_a_while_costs_no_request"),
    "leaves open whether it was sent": (LeavesItOpen, "what_is_away_for_a_while_costs_no_request"),
    "takes any option": (Careless, "unknown_option_is_refused"),
    "old interface": (OldVersion, "is_an_adapter_of_this_version"),
}


def _broken_rules(factory: type[Pool], context: SlotContext) -> set[str]:
    @contextmanager
    def away(_: object, context: SlotContext) -> Iterator[None]:
        (context.folder / "away").touch()
        yield
        (context.folder / "away").unlink()

    suite = type("Suite", (SimulatorSuite,), {"factory": factory, "patience": 0.0, "away": away})()
    tests: dict[str, Callable[[SlotContext], None]] = {
        name.removeprefix("test_"): getattr(suite, name) for name in dir(suite) if name.startswith("test_")
    }
    return {name for name, test in tests.items() if not _passes(test, context)}


def _passes(test: Callable[[SlotContext], None], context: SlotContext) -> bool:
    try:
        test(context)
    except pytest.skip.Exception:
        return True
    except (Exception, pytest.fail.Exception):
        return False
    return True


@pytest.mark.parametrize(("factory", "rule"), FAULTS.values(), ids=FAULTS.keys())
def test_suite_catches_a_faulty_adapter(factory: type[Pool], rule: str, pool_context: SlotContext) -> None:
    assert rule in _broken_rules(factory, pool_context)


def test_suite_finds_nothing_in_the_sound_one(pool_context: SlotContext) -> None:
    assert _broken_rules(Announced, pool_context) == set()


def test_a_request_of_the_suite_lies_where_it_was_put(pool_context: SlotContext) -> None:
    request = request_at(pool_context, [0.25], 7)
    assert (request.x, request.label, request.id) == ((0.25,), "Fe0.75Co0.25", "000000-slot-7")
