"""What would be noticed at the first fit or choice only is noticed before anything is written."""

from __future__ import annotations

from loop.campaign import Campaign
from loop.errors import CampaignError, DoukaError
from loop.model import unfitted
from loop.policy import rule_named
from loop.policy.rule import require_weighing
from loop.records import Source
from loop.turn import rule_of


def require_runnable(campaign: Campaign) -> None:
    """Refuse a campaign whose basis, active functions or rules do not exist, or whose tables say what has no effect.

    Parameters
    ----------
    campaign
        Valid as a file.

    Raises
    ------
    CampaignError
        Naming the folder, what was found and what was expected.
    """
    try:
        campaign.table.approval.require_effect()
        campaign.table.notify.require_effect()
    except ValueError as error:
        raise CampaignError(f"{campaign.folder / 'campaign.toml'}: {error}") from error
    try:
        unfitted(campaign, 0)
        for source in Source:
            rule = rule_named(rule_of(campaign, source))
            if campaign.table.policy.per_cost:
                require_weighing(rule, rule_of(campaign, source))
    except DoukaError as error:
        raise CampaignError(f"{campaign.folder}: {error}") from error
