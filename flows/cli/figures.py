"""``douka figures``."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from flows.cli.moments import moment_of
from flows.cli.output import console, print_json
from flows.cli.pictures import writing
from flows.cli.places import find_place
from loop.errors import CampaignError
from loop.figures.gallery import FORMATS, MAKERS, Gallery, files_of, gallery


def figures_command(
    name: str,
    history: Path | None,
    out: Path | None,
    formats: str,
    only: str | None,
    cycle: int | None,
    *,
    as_json: bool,
) -> None:
    """Draw a campaign's figures into a folder, each with its numbers."""
    kinds, wanted = _chosen(formats, "--format", FORMATS), _chosen(only or ",".join(MAKERS), "--only", tuple(MAKERS))
    place = find_place(name, history)
    moment = moment_of(place, cycle)
    shown, folder = gallery(moment, wanted), out or place.history / "figures"
    written: list[Path] = []
    for drawing in shown.drawings.values():
        for file, content in files_of(drawing, kinds, moment).items():
            written.append(_write(folder / file, content))
    if as_json:
        print_json(_as_json(shown, written))
        return
    for path in written:
        console.print(f"{path}")
    for figure, reason in shown.lacking.items():
        console.print(f"not drawn: {figure}: {reason}")


def _write(file: Path, content: bytes) -> Path:
    with writing(file):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    return file


def _as_json(shown: Gallery, written: Collection[Path]) -> dict[str, object]:
    return {
        "files": [str(path) for path in written],
        "captions": {name: drawing.caption for name, drawing in shown.drawings.items()},
        "not_drawn": dict(shown.lacking),
    }


def _chosen(text: str, option: str, possible: tuple[str, ...]) -> tuple[str, ...]:
    words = tuple(dict.fromkeys(word.strip() for word in text.split(",") if word.strip()))
    unknown = [word for word in words if word not in possible]
    if unknown or not words:
        raise CampaignError(f"{option} {text!r}: expected one or more of {', '.join(possible)}, with commas")
    return words
