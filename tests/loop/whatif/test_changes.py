"""What may be changed is named, and checked as if it stood in the campaign file."""

import pytest

from loop.campaign import Campaign
from loop.errors import CampaignError
from loop.records import Source
from loop.turn import rule_of
from loop.whatif import KEYS, parse_changes
from loop.whatif.changes import changed


def test_texts_are_read() -> None:
    assert parse_changes(["rule=ucb, m=5", "seed=2"]) == {"rule": "ucb", "m": "5", "seed": "2"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("policy=ucb", ["'policy'", *KEYS]),
        ("rule", ["rule=VALUE"]),
        ("rule=", ["rule=VALUE"]),
        ("", ["unknown key"]),
        ("m=1,m=2", ["'m' is given twice"]),
    ],
)
def test_what_is_no_change(text: str, words: list[str]) -> None:
    with pytest.raises(CampaignError) as error:
        parse_changes([text])
    assert all(word in str(error.value) for word in words)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"rule": "psychic"}, ["rule=psychic", "source_rule", "ucb"]),
        ({"experiment": "source_rule"}, ["experiment=source_rule", "ucb"]),
        ({"basis": "cubic"}, ["basis=cubic", "polynomial"]),
        ({"degree": "x"}, ["degree=x", "integer"]),
        ({"degree": "0"}, ["degree=0", "greater than 0"]),
        ({"estimator": "guess"}, ["estimator=guess", "bayes"]),
        ({"m": "-1"}, ["m=-1", "greater than 0"]),
        ({"z_limit": "nan"}, ["z_limit=nan"]),
        ({"allocation": "luck"}, ["allocation=luck", "'slots' or 'cost'"]),
        ({"share": "1"}, ["share=1", "less than 1"]),
        ({"per_cost": "perhaps"}, ["per_cost=perhaps", "boolean"]),
        ({"per_cost": "true"}, ["per_cost=true", "'ucb' cannot rank per unit of cost"]),
        ({"polish": "2.5"}, ["polish=2.5", "boolean"]),
        ({"attempts": "0"}, ["attempts=0", "greater than 0"]),
        ({"colour": "red"}, ["'colour'", *KEYS]),
    ],
)
def test_values_that_cannot_be(tiny: Campaign, changes: dict[str, str], words: list[str]) -> None:
    with pytest.raises(CampaignError) as error:
        changed(tiny, changes)
    assert all(word in str(error.value) for word in words), error.value


def test_every_key_changes_what_it_says(tiny: Campaign) -> None:
    texts = ["basis=sine,degree=3,estimator=mle,m=7,seed=11,z_limit=2.5,experiment=greedy,calculation=random"]
    other = changed(tiny, parse_changes(texts)).table
    assert (other.model.basis, other.model.degree, other.model.estimator) == ("sine", 3, "mle")
    assert [slot.slots for slot in other.simulators] == [7]
    assert [slot.slots for slot in other.instruments] == [slot.slots for slot in tiny.table.instruments]
    assert (other.seed, other.admit.z_limit) == (11, 2.5)
    assert (other.policy.experiment, other.policy.calculation) == ("greedy", "random")
    texts = ["allocation=cost,share=0.25,polish=true,attempts=2,per_cost=true,experiment=expected_improvement"]
    policy = changed(tiny, parse_changes([*texts, "calculation=toward_optimum"])).table.policy
    assert (policy.allocation, policy.share, policy.attempts) == ("cost", 0.25, 2)
    assert policy.polish
    assert policy.per_cost


def rules(campaign: Campaign) -> tuple[str, str]:
    return rule_of(campaign, Source.EXPERIMENT), rule_of(campaign, Source.CALCULATION)


def test_a_rule_is_a_pair_or_the_rule_of_experiments(tiny: Campaign) -> None:
    assert rules(tiny) == ("ucb", "max_uncertainty")
    assert rules(changed(tiny, {"rule": "source_rule"})) == ("greedy", "max_uncertainty")
    assert rules(changed(tiny, {"rule": "random"})) == ("random", "max_uncertainty")
    assert rules(changed(tiny, {"rule": "source_rule", "calculation": "random"})) == ("greedy", "random")


def test_one_half_of_a_pair_is_changed_alone(make_campaign) -> None:
    pair = 'rule = "source_rule"'
    folder = make_campaign(('experiment = "ucb"\ncalculation = "max_uncertainty"', pair))
    assert rules(changed(Campaign.load(folder), {"calculation": "random"})) == ("greedy", "random")
