"""What a history is checked, compared and packed with: `douka verify`, `diff`, `export`."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import h5py
import pandas as pd
import pytest

from loop.campaign import Campaign
from loop.session import Session

CYCLE = "cycles/0000/cycle_000002.h5"


def run(folder: Path, path: Path, most: int = 60) -> None:
    with Session(Campaign.load(folder), path) as session:
        for _ in range(most):
            if session.is_over:
                return
            session.step()


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory, tiny_folder: Path) -> Path:
    """A finished history; for reading only."""
    path = tmp_path_factory.mktemp("cli") / "history"
    run(tiny_folder, path)
    return path


@pytest.fixture
def copy(kept: Path, tmp_path: Path) -> Path:
    """A copy of it, to be damaged."""
    return Path(shutil.copytree(kept, tmp_path / "copy"))


def flip(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[1000] ^= 1
    file.write_bytes(content)


def test_a_whole_history(kept: Path, douka: Callable) -> None:
    ended = douka("verify", str(kept))
    assert ended.code == 0
    assert "5 cycles are as they were sealed; digest" in ended.out
    found = json.loads(douka("verify", str(kept), "--json").out)
    assert (found["ok"], found["whole"], found["damaged"], len(found["digest"])) == (True, 5, {}, 64)


def test_a_flipped_bit(copy: Path, douka: Callable) -> None:
    flip(copy / CYCLE)
    ended = douka("verify", str(copy))
    assert ended.code == 1
    assert "cycle 2 is damaged" in ended.out
    assert "cycle_000002.h5" in ended.out
    assert "from a copy" in ended.out
    ended = douka("verify", str(copy), "--json")
    assert ended.code == 1
    assert list(json.loads(ended.out)["damaged"]) == ["2"]


def test_a_missing_cycle(copy: Path, douka: Callable) -> None:
    (copy / CYCLE).unlink()
    ended = douka("verify", str(copy))
    assert ended.code == 1
    assert "cycle 2 is missing" in ended.out
    assert CYCLE in ended.out


@pytest.mark.parametrize("name", ["headers/header_0000.h5", "headers/copies/header_0000.h5"])
def test_one_header_of_two(name: str, copy: Path, douka: Callable) -> None:
    flip(copy / name)
    ended = douka("verify", str(copy))
    assert ended.code == 1
    assert "header_0000.h5" in ended.out


def test_both_headers(copy: Path, douka: Callable) -> None:
    flip(copy / "headers/header_0000.h5")
    flip(copy / "headers/copies/header_0000.h5")
    ended = douka("verify", str(copy))
    assert ended.code == 1
    assert "header" in ended.out


def test_no_history(tmp_path: Path, douka: Callable) -> None:
    for words in (["verify", str(tmp_path)], ["diff", str(tmp_path), str(tmp_path)], ["export", str(tmp_path), "x.h5"]):
        ended = douka(*words)
        assert ended.code == 2
        assert "Traceback" not in ended.err


def test_equal_histories(kept: Path, copy: Path, douka: Callable) -> None:
    ended = douka("diff", str(kept), str(copy))
    assert ended.code == 0
    assert "5 common ones are equal" in ended.out
    assert "digests    equal" in ended.out
    assert json.loads(douka("diff", str(kept), str(copy), "--json").out)["equal"] is True


def test_different_histories(kept: Path, make_campaign: Callable, tmp_path: Path, douka: Callable) -> None:
    run(make_campaign(("seed = 3", "seed = 4")), tmp_path / "other", most=3)
    ended = douka("diff", str(kept), str(tmp_path / "other"))
    assert ended.code == 1
    for words in ("seed: 3 → 4", "cycles     3, 4 only in", "cycle 0    is the first", "requests[0]", "not equal"):
        assert words in ended.out, ended.out
    ended = douka("diff", str(kept), str(tmp_path / "other"), "--json")
    assert ended.code == 1
    found = json.loads(ended.out)
    assert found["campaign"] == [{"key": "seed", "first": 3, "second": 4}]
    assert (found["first_different_cycle"], found["only_first"]) == (0, [3, 4])


def test_one_file(kept: Path, tmp_path: Path, douka: Callable) -> None:
    ended = douka("export", str(kept), str(tmp_path / "new/all.h5"))
    assert ended.code == 0, ended
    with h5py.File(tmp_path / "new/all.h5") as file:
        names = list[str]()
        file.visit(names.append)
    assert sum(name.endswith("observations/table") for name in names) == 4


def test_tables(kept: Path, tmp_path: Path, douka: Callable) -> None:
    ended = douka("export", str(kept), str(tmp_path / "tables"), "--csv")
    assert ended.code == 0, ended
    observations = pd.read_csv(tmp_path / "tables/observations.csv")
    assert {"a", "value", "laboratory", "request_id"} <= set(observations.columns)
    assert len(observations) == 13
    assert "campaign.toml" in ended.out


def test_where_export_does_not_write(kept: Path, tmp_path: Path, douka: Callable) -> None:
    (tmp_path / "there.h5").write_text("mine")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder/file").write_text("mine")
    for words, named in [
        ([str(tmp_path / "there.h5")], "--force"),
        ([str(tmp_path / "folder"), "--csv"], "--force"),
        ([str(tmp_path / "folder")], "--csv"),
        ([str(tmp_path / "out.zip")], ".h5"),
        ([str(tmp_path / "there.h5"), "--csv"], "folder"),
        ([str(kept / "cycles/0000/cycle_000000.h5"), "--force"], "outside"),
        ([str(kept), "--csv", "--force"], "outside"),
    ]:
        ended = douka("export", str(kept), *words)
        assert ended.code == 2, words
        assert named in ended.err, (named, ended.err)
    assert (tmp_path / "there.h5").read_text() == "mine"
    assert douka("export", str(kept), str(tmp_path / "there.h5"), "--force").code == 0
    assert douka("verify", str(kept)).code == 0


@pytest.mark.parametrize("command", ["diff", "verify", "export", "import"])
def test_every_command_explains_itself(command: str, douka: Callable) -> None:
    ended = douka(command, "--help")
    assert ended.code == 0
    assert "--help" in ended.out
