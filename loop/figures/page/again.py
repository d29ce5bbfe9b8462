"""How to do it again, and whose method it is."""

from __future__ import annotations

from loop.figures.page.account import Account
from loop.figures.page.markup import commands, items, pairs, paragraph, section

_METHOD = (
    "Harashima et al., Phys. Rev. Materials 5, 013806 (2021): the model with missing data.",
    "arXiv:2408.08539: the same with Bayesian optimization.",
    "Takai and Kano, Comm. Stat. 42, 3174 (2013): the likelihood of incomplete rows.",
)


def again_section(account: Account) -> str:
    """Where the history lies, what it is called by its digest, and the commands."""
    facts, campaign = account.facts, account.campaign
    rows = [
        ("history", account.place),
        ("digest of the history", account.moment.digest),
        ("SHA-256 of the campaign file", campaign.sha256),
        ("seed", str(campaign.table.seed)),
        ("last cycle sealed", str(facts.get("sealed", "not known"))),
        ("made with", _versions(account)),
    ]
    return section(
        "How to do it again",
        paragraph(
            "Every cycle is sealed. This computer and these versions give the same bits; others agree within rtol."
        ),
        commands(
            f"douka verify {account.called}",
            f"douka replay {account.called}",
            f"douka replay {account.called} --rtol 1e-6",
            f"douka export {account.called} {campaign.name}.h5",
            f"douka figures {account.called} --out figures",
        ),
        pairs(rows),
    )


def citation_section() -> str:
    """The method's papers."""
    return section("The method, to be cited", items(_METHOD))


def _versions(account: Account) -> str:
    found = {name.removeprefix("package."): text for name, text in account.facts.items() if name.startswith("package.")}
    python = account.facts.get("python")
    return ", ".join([*(f"{name} {text}" for name, text in found.items()), *([f"Python {python}"] if python else [])])
