"""Campaign files: each kind of mistake is named with file, key, what was found and what was expected."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from loop.campaign import Campaign
from loop.errors import CampaignError, DoukaError
from loop.records import Source
from loop.session import Session

MakeCampaign = Callable[..., Path]

WORKSPACE = Path(__file__).resolve().parents[2] / "workspace" / "campaigns"

A = "a = { bounds = [0, 1] }"
STOP = "[stop]\nexperiments = 5"
SIMULATORS_TARGET = 'adapter = "pool"\ntarget = "calculated"'
INSTRUMENT = 'adapter = "archive"\ntarget = "measured"\n'

MISTAKES: dict[str, tuple[tuple[str, str], str]] = {
    "unknown key": (("seed = 3", "sede = 3"), r"unknown key 'sede' \(value 3\)"),
    "unknown key below": (("degree = 2", "degre = 2"), "unknown key 'model.degre'"),
    "unknown key of a slot": (("slots = 2\nstart = 4", "slot = 2\nstart = 4"), r"unknown key 'simulators.0.slot'"),
    "missing key": (("[objective]\ntarget", "[objective]\ngoal"), "'objective.target' is missing|objective.goal"),
    "missing table": ((STOP, ""), "'stop' is missing"),
    "no title": (('title = "Fe-Co, made up"', 'title = ""'), "title = ''"),
    "text for a number": (("seed = 3", 'seed = "three"'), "seed = 'three'.*integer"),
    "number for text": (('title = "Fe-Co, made up"', "title = 3"), "title = 3.*string"),
    "fraction for an integer": (("degree = 2", "degree = 2.5"), "model.degree = 2.5"),
    "degree zero": (("degree = 2", "degree = 0"), "model.degree = 0.*greater than 0"),
    "negative seed": (("seed = 3", "seed = -1"), "seed = -1.*greater than or equal to 0"),
    "negative slots": (("slots = 2\nstart = 4", "slots = -2\nstart = 4"), "simulators.0.slots = -2.*greater than 0"),
    "no slots": (("slots = 2\nstart = 4", "slots = 0\nstart = 4"), "simulators.0.slots = 0"),
    "negative start": (("start = 4", "start = -4"), "simulators.0.start = -4"),
    "negative cost": (("cost = 0.1", "cost = -0.1"), "simulators.0.cost = -0.1"),
    "NaN": (("cost = 0.1", "cost = nan"), "simulators.0.cost = nan.*finite"),
    "infinite": (("cost = 0.1", "cost = inf"), "simulators.0.cost = inf.*finite"),
    "NaN bound": ((A, "a = { bounds = [nan, 1] }"), "space.variables.a.bounds.0 = nan.*finite"),
    "bounds upside down": ((A, "a = { bounds = [1, 0] }"), "variable 'a': bounds are"),
    "three bounds": ((A, "a = { bounds = [0, 0.5, 1] }"), "space.variables.a.bounds"),
    "variable without bounds": ((A, "a = {}"), "space.variables.a: expected bounds = "),
    "no variables": ((A, ""), "space.variables = {}"),
    "name of a variable": ((A, "a-b = { bounds = [0, 1] }"), "variable 'a-b': expected an identifier"),
    "unknown element": (("Fe{1-a}Co{a}", "Fe{1-a}Cx{a}"), "'Cx', which is no element"),
    "variable missing in the space": (("Fe{1-a}Co{a}", "Fe{1-b}Co{b}"), "uses b, which is no design variable"),
    "malformed formula": (("Fe{1-a}Co{a}", "(Fe{1-a}Co{a}"), "does not close its bracket"),
    "formula is not linear": (("Fe{1-a}Co{a}", "Fe{1-a*a}Co{a}"), "'1-a\\*a' is not linear"),
    "unknown source": (('source = "calculation"', 'source = "guess"'), "targets.calculated.source = 'guess'"),
    "no unit": (('source = "experiment"\nunit = "muB/f.u."', 'source = "experiment"'), "'targets.measured.unit'"),
    "empty unit": (
        ('source = "experiment"\nunit = "muB/f.u."', 'source = "experiment"\nunit = ""'),
        "targets.measured.unit = ''",
    ),
    "unknown parent": (
        ('parents = ["calculated"]', 'parents = ["computed"]'),
        "targets.measured.parents names 'computed'.*calculated",
    ),
    "parent of itself": (
        ('parents = ["calculated"]', 'parents = ["measured"]'),
        "targets.measured.parents names 'measured'",
    ),
    "parent that comes later": (
        (
            '[targets.calculated]\nsource = "calculation"',
            '[targets.calculated]\nparents = ["measured"]\nsource = "calculation"',
        ),
        "targets.calculated.parents names 'measured', expected targets listed before it: none",
    ),
    "name of a target": (("[targets.calculated]", '[targets."1 calculated"]'), "targets.1 calculated"),
    "unknown objective": (
        ('[objective]\ntarget = "measured"', '[objective]\ntarget = "M"'),
        "objective.target = 'M' is no target; there are calculated, measured",
    ),
    "calculated objective": (
        ('[objective]\ntarget = "measured"', '[objective]\ntarget = "calculated"'),
        "objective.target = 'calculated' is calculated",
    ),
    "unknown goal": (
        ("[objective]", '[objective]\ngoal = "best"'),
        "objective.goal = 'best'.*'maximize', 'minimize' or 'hit'",
    ),
    "unknown basis": (("degree = 2", 'basis = "wavelet"'), "model.basis = 'wavelet'.*'polynomial', 'sine' or"),
    "unknown estimator": (('estimator = "map"', 'estimator = "magic"'), "model.estimator = 'magic'"),
    "rule and rules": (("[policy]", '[policy]\nrule = "source_rule"'), "'rule' names both rules"),
    "unknown target of a slot": (
        (SIMULATORS_TARGET, SIMULATORS_TARGET.replace("calculated", "computed")),
        "simulators.cluster.target = 'computed' is no target",
    ),
    "simulator that measures": (
        (SIMULATORS_TARGET, SIMULATORS_TARGET.replace("calculated", "measured")),
        "simulators.cluster.target = 'measured' has source 'experiment', expected 'calculation'",
    ),
    "instrument that calculates": (
        (INSTRUMENT, INSTRUMENT.replace("measured", "calculated")),
        "instruments.laboratory.target = 'calculated' has source 'calculation'",
    ),
    "two slots of one name": (('name = "laboratory"', 'name = "cluster"'), "'cluster' is used twice"),
    "name of a slot": (('name = "laboratory"', 'name = "../laboratory"'), "instruments.0.name = '../laboratory'"),
    "no instrument": (("[[instruments]]", "[[simulators]]"), "simulators.laboratory.target"),
    "empty stop": (("experiments = 5", ""), r"\[stop\] is empty"),
    "stop at nothing": (("experiments = 5", "experiments = 0"), "stop.experiments = 0"),
    "stop at no cost": (("experiments = 5", "cost = 0"), "stop.cost = 0"),
    "z limit": ((STOP, STOP + "\n[admit]\nz_limit = 0"), "admit.z_limit = 0"),
    "bad TOML": (("seed = 3", "seed = "), "not valid TOML"),
    "key twice": (("seed = 3", "seed = 3\nseed = 4"), "not valid TOML"),
}


@pytest.mark.parametrize(("edit", "said"), MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_is_named_with_file_and_key(make_campaign: MakeCampaign, edit: tuple[str, str], said: str) -> None:
    folder = make_campaign(edit)
    with pytest.raises(CampaignError, match=said) as caught:
        Campaign.load(folder)
    assert str(caught.value).startswith(str(folder / "campaign.toml"))


def test_several_mistakes_are_all_named(make_campaign: MakeCampaign) -> None:
    folder = make_campaign(("seed = 3", "sede = 3"), ("degree = 2", "degree = -2"))
    with pytest.raises(CampaignError, match=r"(?s)(?=.*sede)(?=.*model\.degree)"):
        Campaign.load(folder)


@pytest.mark.parametrize("raw", [b'title = "\xff"', "title = 'x'".encode("utf-16")])
def test_a_file_that_is_not_utf8_is_named(tmp_path: Path, raw: bytes) -> None:
    (tmp_path / "campaign.toml").write_bytes(raw)
    with pytest.raises(CampaignError, match=r"campaign\.toml: cannot be read as UTF-8"):
        Campaign.load(tmp_path)


@pytest.mark.parametrize("place", ["absent", "absent.toml"])
def test_a_missing_file_is_named(tmp_path: Path, place: str) -> None:
    with pytest.raises(CampaignError, match=f"{place}: cannot be read"):
        Campaign.load(tmp_path / place)


LATER: dict[str, tuple[tuple[str, str], str]] = {
    "unknown function in active": (('active = "order<=1"', 'active = ["1", "b"]'), "'b'"),
    "unknown rule in active": (('active = "order<=1"', 'active = "order~1"'), "order~1"),
    "unknown rule of experiments": (('experiment = "ucb"', 'experiment = "guess"'), "no rule 'guess'; installed are"),
    "unknown rule of calculations": (('calculation = "max_uncertainty"', 'calculation = "guess"'), "no rule 'guess'"),
    "unknown pair of rules": (
        ('experiment = "ucb"\ncalculation = "max_uncertainty"', 'rule = "guess"'),
        "no pair of rules 'guess'; there are source_rule",
    ),
    "unknown simulator": (
        ('adapter = "pool"', 'adapter = "wien"'),
        "no calculation adapter 'wien'; installed are .*folder.*pool",
    ),
    "unknown instrument": (
        ('adapter = "archive"', 'adapter = "pool"'),
        "no experiment adapter 'pool'; installed are archive",
    ),
    "unknown option": (('table = "calculations.csv"', 'tabel = "calculations.csv"'), "slot 'cluster': options.table"),
    "missing table": (('table = "calculations.csv"', 'table = "absent.csv"'), r"absent\.csv: cannot be read"),
    "unit of the table": (
        ('source = "calculation"\nunit = "muB/f.u."', 'source = "calculation"\nunit = "eV"'),
        r"calculations\.csv: line 2: column 'unit': found 'muB/f.u.', expected eV",
    ),
    "points outside": (
        (A, "a = { bounds = [0, 0.5] }"),
        r"calculations\.csv: line \d+: a = 0\.\d+, expected 0 to 0\.5",
    ),
}


@pytest.mark.parametrize(("edit", "said"), LATER.values(), ids=LATER.keys())
def test_a_campaign_that_cannot_run_writes_nothing(
    make_campaign: MakeCampaign, edit: tuple[str, str], said: str, tmp_path: Path
) -> None:
    campaign = Campaign.load(make_campaign(edit))
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(DoukaError, match=said):
        Session(campaign, tmp_path / "history")
    assert sorted(tmp_path.rglob("*")) == before


def test_a_sine_basis_needs_the_unit_box(make_campaign: MakeCampaign, tmp_path: Path) -> None:
    folder = make_campaign((A, "a = { bounds = [0, 2] }"), ("degree = 2", 'basis = "sine"'))
    with pytest.raises(CampaignError, match="between 0 and 1"):
        Session(Campaign.load(folder), tmp_path / "history")
    assert not (tmp_path / "history").exists()


def test_a_good_campaign_says_what_it_says(make_campaign: MakeCampaign) -> None:
    folder = make_campaign()
    campaign = Campaign.load(folder / "campaign.toml")
    assert (campaign.name, campaign.folder) == ("tiny", folder)
    assert campaign.targets == ("calculated", "measured")
    assert [slot.table.name for slot in campaign.slots] == ["cluster", "laboratory"]
    assert [slot.source for slot in campaign.slots] == [Source.CALCULATION, Source.EXPERIMENT]
    assert campaign.text == (folder / "campaign.toml").read_text()


def test_the_hash_is_of_every_character(make_campaign: MakeCampaign) -> None:
    one = Campaign.load(make_campaign(name="one"))
    two = Campaign.load(make_campaign(("seed = 3", "seed = 3 "), name="two"))
    assert one.sha256 != two.sha256


@pytest.mark.parametrize(
    "folder", sorted(path.parent for path in WORKSPACE.glob("*/campaign.toml")), ids=lambda p: p.name
)
def test_campaigns_of_the_workspace_can_run(folder: Path, tmp_path: Path) -> None:
    with Session(Campaign.load(folder), tmp_path / "history") as session:
        record = session.step()
    assert record is not None
    assert record.requests
    assert not record.quarantined


@pytest.mark.parametrize(
    "lines",
    [
        'to = "https://hooks.example/T0/hush"',
        'url = "https://hooks.example/T0/hush"',
        'to = ["a/b"]\non = "hush"',
    ],
)
def test_what_may_be_a_secret_is_not_shown(make_campaign: Callable[..., Path], lines: str) -> None:
    with pytest.raises(CampaignError, match=r"notify.*not shown here") as caught:
        Campaign.load(make_campaign(("[stop]", f"[notify]\n{lines}\n\n[stop]")))
    assert "hush" not in str(caught.value)
