"""``douka import``."""

from __future__ import annotations

import hashlib
from collections import Counter
from pathlib import Path

from adapters.tables.historical import past_results
from adapters.tables.mapping import read_mapping
from flows.called import called
from flows.cli.output import console, print_json, print_pairs, print_table
from flows.cli.places import Place, find_place
from loop.campaign import Campaign
from loop.errors import DataError
from loop.importing import Imported, import_results
from loop.quantity import plain


def import_command(mapping_file: Path, name: str, *, as_json: bool = False) -> None:
    """Make a history of tables of past experiments and calculations, and say what became of them."""
    done, campaign, place = import_past(mapping_file, name)
    if as_json:
        print_json(_as_json(done, campaign, place))
    else:
        _print(done, campaign, place)


def import_past(mapping_file: Path, name: str) -> tuple[Imported, Campaign, Place]:
    """Make the history."""
    mapping = read_mapping(mapping_file)
    folder = mapping_file.resolve().parent
    place = find_place(str(folder / mapping.campaign))
    campaign = Campaign.load(place.campaign)
    try:
        batches = past_results(mapping, folder, campaign)
    except DataError as error:
        raise DataError(f"{mapping_file}: {error}") from error
    facts = {"import": mapping_file.name, "import_sha256": hashlib.sha256(mapping_file.read_bytes()).hexdigest()}
    done = import_results(campaign, batches, _path(name, place), f"imported by {mapping_file.name}", dict(facts))
    return done, campaign, place


def _path(name: str, place: Place) -> Path:
    """A name becomes a sibling of the campaign's usual history, anything with a slash is a path."""
    given = Path(name)
    if given.name != name or name in {"", ".", ".."}:
        return given
    return place.history.with_name(name)


def _print(done: Imported, campaign: Campaign, place: Place) -> None:
    counts = Counter(item.target for item in done.state.observations)
    pairs = [(target, f"{counts[target]} values") for target in campaign.targets if counts[target]]
    pairs += [("cycles", str(done.state.next_cycle)), ("put aside", str(len(done.put_aside)))]
    print_pairs(f"{done.path}", [*pairs, ("digest", done.digest)])
    print_table(
        "Put aside (kept with the reason, not learned from)",
        ("where", "what", "value", "why"),
        [
            (f"{q.provenance.file} {q.provenance.locator}", q.label, f"{plain(q.value)} {q.unit}", q.reason)
            for q in done.put_aside
        ],
    )
    console.print(f"go on with it: douka run {_run_words(done.path, place)}")


def _as_json(done: Imported, campaign: Campaign, place: Place) -> dict[str, object]:
    counts = Counter(item.target for item in done.state.observations)
    return {
        "history": str(done.path),
        "digest": done.digest,
        "cycles": done.state.next_cycle,
        "observations": {target: counts[target] for target in campaign.targets},
        "quarantined": [
            {
                "id": each.id,
                "label": each.label,
                "value": each.value,
                "unit": each.unit,
                "reason": each.reason,
                "file": each.provenance.file,
                "locator": each.provenance.locator,
            }
            for each in done.put_aside
        ],
        "run": f"douka run {_run_words(done.path, place)}",
    }


def _run_words(path: Path, place: Place) -> str:
    is_usual = path.resolve() == place.history.resolve()
    return called(str(place.campaign), None if is_usual else path)
