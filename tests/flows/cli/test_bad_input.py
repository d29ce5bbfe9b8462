"""Whatever is wrong with a campaign is named, exit code 2, no traceback, nothing written."""

from collections.abc import Callable
from pathlib import Path

import pytest

TOML_MISTAKES = {
    "no TOML": ('title = "', "title = ", ["campaign.toml", "not valid TOML", "line"]),
    "unknown key": ("seed = 0", "sead = 0", ["campaign.toml", "sead", "unknown key"]),
    "wrong type": ("seed = 0", 'seed = "zero"', ["campaign.toml", "seed", "zero", "integer"]),
    "unknown element": ("(Nd{", "(Xx{", ["campaign.toml", "Xx", "no element"]),
    "unknown variable": ("Pr{alpha}", "Pr{alfa}", ["campaign.toml", "alfa", "alpha"]),
    "unknown rule": ('rule = "source_rule"', 'experiment = "psychic"', ["psychic", "ucb"]),
    "unknown adapter": ('adapter = "archive"', 'adapter = "oracle"', ["oracle", "archive"]),
    "unknown target": (
        'target = "M_measured"\ngoal',
        'target = "M"\ngoal',
        ["campaign.toml", "objective.target", "M_measured"],
    ),
    "unknown function": ('active = ["1", "delta", "zeta"]', 'active = ["1", "epsilon"]', ["epsilon"]),
    "missing table": ("data/measurements.csv", "data/none.csv", ["data/none.csv"]),
    "unknown option": ("{ table = ", "{ tabel = ", ["tabel", "table"]),
    "no end": ("experiments = 20\nno_improvement = 10", "", ["campaign.toml", "[stop]", "experiments"]),
    "bounds": ("alpha = { bounds = [0, 1]", "alpha = { bounds = [1, 0]", ["campaign.toml", "alpha", "increasing"]),
}

GOOD = "abache1985-Nd2Fe14B,Nd2Fe14B,0,0,0,0,0,30.0,muB/f.u.,"
ROW_MISTAKES = {
    "NaN": ("30.0,muB/f.u.", "nan,muB/f.u.", ["'value'", "nan", "finite"]),
    "text": ("30.0,muB/f.u.", "thirty,muB/f.u.", ["'value'", "thirty", "number"]),
    "nothing": ("30.0,muB/f.u.", ",muB/f.u.", ["'value'", "number"]),
    "no unit": ("30.0,muB/f.u.", "30.0,", ["'unit'", "muB/f.u."]),
    "wrong unit": ("30.0,muB/f.u.", "30.0,kg", ["'unit'", "kg", "muB/f.u."]),
    "negative occupancy": ("Nd2Fe14B,0,0,0,0,0", "Nd2Fe14B,-0.1,0,0,0,0", ["alpha", "-0.1"]),
    "α+β+γ > 1": ("Nd2Fe14B,0,0,0,0,0", "Nd2Fe14B,0.6,0.3,0.2,0,0", ["Nd", "1-alpha-beta-gamma", "alpha = 0.6"]),
    "δ+ζ > 1": ("Nd2Fe14B,0,0,0,0,0", "Nd2Fe14B,0,0,0,0.7,0.5", ["Fe", "1-delta-zeta", "delta = 0.7"]),
    "unknown element": ("Nd2Fe14B,0,0,0,0,0", "Nd2Xx14B,0,0,0,0,0", ["'formula'", "Xx"]),
    "foreign element": ("Nd2Fe14B,0,0,0,0,0", "Nd2Mn14B,0,0,0,0,0", ["'formula'", "Mn"]),
    "another compound": ("Nd2Fe14B,0,0,0,0,0", "Nd2Fe12Co2B,0,0,0,0,0", ["Nd2Fe12Co2B", "delta"]),
    "too few fields": (GOOD, "abache1985-Nd2Fe14B,Nd2Fe14B,0,", ["fields"]),
}


def nothing_is_written(workspace: Path) -> bool:
    return not (workspace / "histories").exists() and not (workspace / ".prefect").exists()


def is_named(ended, words: list[str]) -> None:
    assert ended.code == 2, ended
    assert "Traceback" not in ended.err + ended.out
    for word in words:
        assert word in ended.err, (word, ended.err)


@pytest.mark.parametrize("mistake", TOML_MISTAKES)
def test_campaign_file(mistake: str, workspace: Path, douka: Callable) -> None:
    old, new, words = TOML_MISTAKES[mistake]
    file = workspace / "campaigns/two-fourteen-one/campaign.toml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")
    is_named(douka("run", "two-fourteen-one"), words)
    assert nothing_is_written(workspace)


@pytest.mark.parametrize("mistake", ROW_MISTAKES)
def test_row_of_a_table(mistake: str, workspace: Path, douka: Callable) -> None:
    old, new, words = ROW_MISTAKES[mistake]
    file = workspace / "campaigns/two-fourteen-one/data/measurements.csv"
    lines = file.read_text(encoding="utf-8").splitlines()
    [row] = [index for index, line in enumerate(lines) if line.startswith(GOOD)]
    lines[row] = lines[row].replace(old, new, 1)
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    is_named(douka("run", "two-fourteen-one"), ["measurements.csv", f"line {row + 1}", *words])
    assert nothing_is_written(workspace)


def test_a_row_that_stands_twice(workspace: Path, douka: Callable) -> None:
    file = workspace / "campaigns/two-fourteen-one/data/measurements.csv"
    lines = file.read_text(encoding="utf-8").splitlines()
    file.write_text("\n".join([*lines, lines[1]]) + "\n", encoding="utf-8")
    is_named(douka("run", "two-fourteen-one"), ["measurements.csv", f"line {len(lines) + 1}", "line 2"])
    assert nothing_is_written(workspace)


def test_a_campaign_that_is_not_there(workspace: Path, douka: Callable) -> None:
    is_named(douka("run", "nowhere"), ["nowhere", "two-fourteen-one"])
    assert nothing_is_written(workspace)


def test_a_duration_that_is_none(workspace: Path, douka: Callable) -> None:
    is_named(douka("serve", "two-fourteen-one", "--every", "soon"), ["soon", "30m"])
    assert nothing_is_written(workspace)


def test_a_byte_order_mark_is_no_mistake(make_campaign: Callable[..., Path], douka: Callable) -> None:
    folder = make_campaign()
    file = folder / "campaign.toml"
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())
    assert douka("run", str(folder), "--dry-run").code == 0


def test_an_address_that_is_none(make_campaign: Callable[..., Path], douka: Callable) -> None:
    is_named(
        douka("serve", str(make_campaign()), "--host", "bad_host"), ["--host bad_host", "expected an IPv4 address"]
    )
