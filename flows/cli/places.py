"""Where campaigns, their histories and Prefect's state lie."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from flows.called import called
from flows.cli.belonging import require_own_history
from flows.default_history import default_history
from loop.errors import CampaignError

WORKSPACE = Path("workspace")


@dataclass(frozen=True)
class Place:
    """The folders of one campaign.

    Parameters
    ----------
    name
        Of the campaign.
    campaign
        Folder that holds ``campaign.toml``.
    history
        Folder of its history.
    prefect
        Folder of Prefect's own state.
    called
        The words that name it again at a command line.
    """

    name: str
    campaign: Path
    history: Path
    prefect: Path
    called: str


def find_place(name: str, history: Path | None = None) -> Place:
    """Find a campaign by path, then by name under ``workspace/campaigns``.

    Parameters
    ----------
    name
        A campaign file, its folder, or a name.
    history
        Folder of the history; see :func:`~flows.default_history.default_history` if None.

    Raises
    ------
    CampaignError
        Where there is no such campaign, or the history is that of another one.
    """
    given = Path(name)
    for folder in (given.parent if given.suffix == ".toml" else given, WORKSPACE / "campaigns" / name):
        if (folder / "campaign.toml").is_file():
            place = _place(folder.resolve(), history, called(name, history))
            require_own_history(place.campaign, place.history)
            return place
    known = sorted(path.parent.name for path in (WORKSPACE / "campaigns").glob("*/campaign.toml"))
    raise CampaignError(
        f"{name}: no campaign file {given / 'campaign.toml'} and none named so under {WORKSPACE / 'campaigns'}"
        f" ({', '.join(known) or 'which holds none'}); give the path of a campaign's folder"
    )


def find_history(name: str, history: Path | None = None) -> Path:
    """Find a history by its own path, or by its campaign.

    Parameters
    ----------
    name
        A folder of a history, or what names a campaign.
    history
        Folder of the campaign's history, where it is not the usual one.

    Raises
    ------
    CampaignError
        Where there is neither.
    """
    if history is not None:
        return find_place(name, history).history
    given = Path(name)
    if (given / "cycles").is_dir() or (given / "headers").is_dir():
        return given
    kept = WORKSPACE / "histories" / name
    return kept if given.name == name and kept.is_dir() else find_place(name).history


def _place(folder: Path, history: Path | None, words: str) -> Place:
    root = folder.parent.parent if folder.parent.name == "campaigns" else folder
    return Place(folder.name, folder, history or default_history(folder), root / ".prefect", words)
