"""A campaign over a composition and a treatment: from the file to tables, requests, history and back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from adapters.tables.historical import past_results
from adapters.tables.mapping import read_mapping
from adapters.tables.readings import campaign_readings
from loop.basis_functions import active_functions, basis_of
from loop.campaign import Campaign
from loop.errors import CampaignError, DataError, LimitError
from loop.foretelling import learner
from loop.history import History
from loop.innovation import audit
from loop.records import Observation
from loop.refolding import migration
from loop.replay import replay
from loop.revising import header_of
from loop.state import State, fold

MakeCampaign = Callable[..., Path]
A = "a = { bounds = [0, 1] }"
ACTIVE = 'active = "order<=1"'
COST = "cost = 0.1\n"
STOP = "[stop]"
TREATMENT = 'treatment = { values = ["cast", "annealed", "sputtered"] }'
EDITS = (
    (A, f"{A}\n{TREATMENT}"),
    (ACTIVE, 'active = ["1", "a", "treatment"]'),
    (COST, f'{COST}reach = {{ treatment = {{ values = ["cast"] }} }}\n'),
    ("experiments = 5", "experiments = 7"),
)
GAIN = {"cast": 0.0, "annealed": 0.4, "sputtered": -0.3}


def _tables(folder: Path) -> Path:
    curve = [(k / 7, 2.1 + 0.9 * k / 7 - 1.4 * (k / 7) ** 2) for k in range(8)]
    calculated = [f"Fe{1 - a:.4f}Co{a:.4f},cast,{value:.4f},muB/f.u." for a, value in curve]
    measured = [
        f"{a:.4f},{name},{value + gain + 0.02 * (-1) ** row:.4f},muB/f.u."
        for row, (a, value) in enumerate(curve)
        for name, gain in GAIN.items()
    ]
    (folder / "calculations.csv").write_text("\n".join(["formula,treatment,value,unit", *calculated, ""]))
    (folder / "measurements.csv").write_text("\n".join(["a,treatment,value,unit", *measured, ""]))
    return folder


@pytest.fixture
def folder(make_campaign: MakeCampaign) -> Path:
    return _tables(make_campaign(*EDITS))


def _edited(folder: Path, old: str, new: str) -> Campaign:
    file = folder / "campaign.toml"
    text = file.read_text()
    assert text.count(old) == 1
    file.write_text(text.replace(old, new))
    return Campaign.load(folder)


def test_what_went_wrong_is_guessed_without_taking_a_treatment_for_an_amount(folder: Path) -> None:
    table = folder / "measurements.csv"
    *rows, last = table.read_text().splitlines()
    a, name, value, unit = last.split(",")
    table.write_text("\n".join([*rows, f"{a},{name},{100 * float(value)},{unit}", ""]))
    campaign = Campaign.load(folder)
    readings = campaign_readings(campaign)
    assert {each.categories for each in readings} == {frozenset({1})}
    (found,) = audit(readings, learner(campaign), 8.0).findings
    assert found.reading.place == f"measurements.csv line {len(rows) + 1}"
    assert found.mistake is not None


def test_it_runs_to_its_end_finds_the_treatment_and_replays(folder: Path, finish: Callable[..., str]) -> None:
    campaign = Campaign.load(folder)
    finish(campaign, folder / "history")
    with History.open(folder / "history") as history:
        state = fold(history.records())
        frame, calculated = history.observations(), history.requests()
        assert all(not each.differences for each in replay(history))
    best = max(state.values_of("measured"), key=lambda each: each.value)
    assert campaign.space.written(best.x)["treatment"] == "annealed"
    assert best.label.endswith(", treatment = annealed")
    assert set(frame["treatment"]) <= set(GAIN)
    assert set(calculated[calculated["target"] == "calculated"]["treatment"]) == {"cast"}
    for request in state.requests.values():
        campaign.reach(request.adapter).check(request.x)


def test_the_functions_are_those_of_the_file(folder: Path) -> None:
    campaign = Campaign.load(folder)
    names = basis_of(campaign).names
    assert {"1", "a", "a^2", "treatment[annealed]", "treatment[sputtered]", "a*treatment[annealed]"} == set(names) - {
        "a*treatment[sputtered]"
    }
    assert active_functions(campaign.space, ["1", "a*treatment"]) == (
        "1", "a*treatment[annealed]", "a*treatment[sputtered]",
    )  # fmt: skip
    sine = _edited(folder, "degree = 2", 'basis = "sine"\ndegree = 3')
    assert len(basis_of(sine).names) == 3 * 3


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (TREATMENT, 'treatment = { values = ["cast"] }', "space.variables.treatment: .*at least two different"),
        (TREATMENT, 'treatment = { kind = "categorical" }', "space.variables.treatment: .*at least two different"),
        (TREATMENT, "treatment = { }", r"space.variables.treatment: expected bounds = \[low, high\], or values"),
        (TREATMENT, TREATMENT.replace("{ ", "{ bounds = [0, 1], "), "treatment: has values, so it is categorical"),
        (A, 'a = { values = ["1", "2"] }', "space.formula: a is categorical and cannot be an amount"),
        ('["cast"]', '["cost"]', "cluster.reach.treatment.values: .*'cost', expected one of cast, annealed"),
        ('{ values = ["cast"] }', "{ bounds = [0, 1] }", "cluster.reach.treatment: expected values, some of cast"),
        ("reach = { treatment", "reach = { a", "cluster.reach.a: expected bounds or step"),
        (STOP, '[limits]\ntreatment = ["raw"]\n\n[stop]', r"limits.treatment = \['raw'\], expected a list of some of"),
        (STOP, "[limits]\nexpressions = ['treatment <= 1']\n\n[stop]", "limits.expressions: .*uses treatment"),
        ("[space]", "[space]\nconstraints = ['treatment = raw']", "space.constraints.0: .*'raw', expected one of"),
        ("[space]", "[space]\ncardinality = [{of=['a','treatment'], at_most=1}]", "treatment is categorical, which is"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_by_key_and_text(folder: Path, old: str, new: str, said: str) -> None:
    with pytest.raises(CampaignError, match=said):
        _edited(folder, old, new)


def test_hard_limits_know_the_categories(folder: Path) -> None:
    limits = _edited(folder, STOP, '[limits]\ntreatment = ["cast", "annealed"]\n\n[stop]').limits
    limits.check((0.5, 1.0), 1.0, "it")
    for position, found in ((2.0, "sputtered"), (0.5, "0.5"), (float("nan"), "nan"), (-1.0, "-1")):
        with pytest.raises(LimitError, match=f"limits.treatment: found {found}, expected cast or annealed"):
            limits.check((0.5, position), 1.0, "it")


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("0.1,forged,2,muB/f.u.", "line 2: column 'treatment': found 'forged', expected one of cast, annealed"),
        ("0.1,,2,muB/f.u.", "line 2: column 'treatment': found '', expected one of"),
    ],
)
def test_a_row_of_another_category_is_named(folder: Path, row: str, said: str) -> None:
    from adapters.tables import read_table

    file = folder / "measurements.csv"
    file.write_text(f"a,treatment,value,unit\n{row}\n")
    with pytest.raises(DataError, match=said):
        read_table(file, Campaign.load(folder).space, "muB/f.u.")
    file.write_text("a,value,unit\n0.1,2,muB/f.u.\n")
    with pytest.raises(DataError, match="expected the columns a, treatment, or a column 'formula' and treatment"):
        read_table(file, Campaign.load(folder).space, "muB/f.u.")


def test_past_tables_say_the_category_in_a_column_or_once(folder: Path) -> None:
    (folder / "past.csv").write_text("Co;state;m\n0,25;annealed;2,2\n0,5;cast;2,1\n")
    (folder / "past.toml").write_text(
        f"campaign = '{folder}'\n[[tables]]\nfile = 'past.csv'\ntarget = 'measured'\nunit = 'muB/f.u.'\n"
        "delimiter = ';'\ndecimal = ','\ncolumns = { a = 'Co', treatment = 'state', value = 'm' }\n"
        "[[tables]]\nfile = 'past.csv'\ntarget = 'measured'\nunit = 'muB/f.u.'\ndelimiter = ';'\ndecimal = ','\n"
        "columns = { a = 'Co', value = 'm' }\nconstants = { treatment = 'sputtered' }\n"
    )
    batches = past_results(read_mapping(folder / "past.toml"), folder, Campaign.load(folder))
    assert [[each.x for each in batch] for batch in batches] == [
        [(0.25, 1.0), (0.5, 0.0)],
        [(0.25, 2.0), (0.5, 2.0)],
    ]


def test_a_migration_follows_the_names_of_the_categories(folder: Path, records: list) -> None:
    old = Campaign.load(folder)
    new = _edited(folder, '["cast", "annealed", "sputtered"]', '["sputtered", "hot pressed", "cast"]')
    one: Observation = next(each for record in records for each in record.observations if each.target == "measured")
    known = [Observation(**{**vars(one), "id": name, "x": (0.5, position), "requested_x": None})
             for name, position in (("c", 0.0), ("a", 1.0), ("s", 2.0))]  # fmt: skip
    record = migration(old, new, State(observations=tuple(known)), {}, "a test")
    assert [(each.id, each.x) for each in record.observations] == [("c", (0.5, 2.0)), ("s", (0.5, 0.0))]
    assert [each.id for each in record.quarantined] == ["a"]
    assert "treatment: found 'annealed', expected one of sputtered, hot pressed, cast" in record.quarantined[0].reason


def test_a_table_for_people_shows_names_and_what_is_no_category(folder: Path, tmp_path: Path) -> None:
    from loop.history.frames import _point

    header = header_of(Campaign.load(folder))
    assert _point(header, (0.5, 1.0)) == {"a": 0.5, "treatment": "annealed"}
    assert _point(header, (0.5, 7.5)) == {"a": 0.5, "treatment": 7.5}
    with History.create(tmp_path / "h", header):
        pass
    with History.open(tmp_path / "h") as history:
        assert history.header.categories == {"treatment": ("cast", "annealed", "sputtered")}
