"""The archive is a laboratory: registered as an instrument, answering like one."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.instruments.archive import Archive
from loop.plugins import plugin_named
from loop.protocols import SlotContext
from loop.records import Result, Source
from loop.testing import SimulatorSuite, request_at, slot_context

TABLE = """a,value,unit,laboratory,uncertainty
0,2.2,muB/f.u.,Sendai,0.02
0,2.1,muB/f.u.,Tsukuba,
0.5,2.4,muB/f.u.,Sendai,0.02
1,1.7,muB/f.u.,Sendai,0.02
"""


class TestArchive(SimulatorSuite):
    factory = Archive

    @pytest.fixture
    def context(self, tmp_path: Path) -> SlotContext:
        (tmp_path / "measured.csv").write_text(TABLE)
        return slot_context(tmp_path, options={"table": "measured.csv"}, target="measured")

    def test_one_request_is_one_laboratory(self, context: SlotContext) -> None:
        archive = Archive(context)
        archive.submit(request_at(context, [0], source=Source.EXPERIMENT))
        (item,) = archive.collect()
        assert isinstance(item, Result)
        assert (item.provenance.laboratory, item.value, item.uncertainty) in {
            ("Sendai", 2.2, 0.02), ("Tsukuba", 2.1, None)
        }  # fmt: skip


def test_it_is_installed_as_an_instrument() -> None:
    assert plugin_named(Source.EXPERIMENT, "archive").load() is Archive
