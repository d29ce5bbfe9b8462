"""Figures for print: true to their numbers, the same bytes every time, and a reason where one cannot be drawn."""

import csv
import math
import re
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import binom

from loop.campaign import Campaign
from loop.figures.data import Moment, innovations, progress
from loop.figures.gallery import FORMATS, MAKERS, NARROW, WIDE, Gallery, files_of, gallery, source_of
from loop.figures.gallery.calibration import share_interval
from loop.figures.gallery.triangle import HEIGHT, onto
from loop.history import History


@pytest.fixture(scope="module")
def moment(finished: Path, tiny_folder: Path) -> Moment:
    with History.open(finished) as kept:
        return Moment.of(Campaign.load(tiny_folder), kept.records())


@pytest.fixture(scope="module")
def shown(moment: Moment) -> Gallery:
    return gallery(moment)


def test_what_can_be_drawn_and_why_the_rest_cannot(shown: Gallery, moment: Moment) -> None:
    assert set(shown.drawings) | set(shown.lacking) == set(MAKERS)
    assert shown.lacking == {"map": "there is only one variable: its line says all"}
    assert all(drawing.width in {NARROW, WIDE} for drawing in shown.drawings.values())
    nothing = gallery(Moment.of(moment.campaign, ()))
    assert not nothing.drawings
    assert all(nothing.lacking.values())


def test_the_same_numbers_give_the_same_bytes(shown: Gallery, moment: Moment) -> None:
    drawing = shown.drawings["spend"]
    once, again = files_of(drawing, FORMATS, moment), files_of(drawing, FORMATS, moment)
    assert once == again
    assert set(once) == {"spend.pdf", "spend.svg", "spend.png", "spend.csv"}
    assert b"CreationDate" not in once["spend.pdf"]
    assert b"dc:date" not in once["spend.svg"]


def test_letters_are_in_the_file(shown: Gallery) -> None:
    drawing = shown.drawings["calibration"]
    pdf = drawing.rendered("pdf")
    assert b"/FontFile2" in pdf
    assert b"/Type3" not in pdf
    svg = drawing.rendered("svg", "campaign tiny").decode()
    assert "<text" not in svg
    assert "campaign tiny" in svg
    [width] = re.findall(r'width="([\d.]+)pt"', svg)
    assert float(width) == pytest.approx(WIDE / 25.4 * 72, abs=0.01)


def test_a_table_says_where_it_comes_from(shown: Gallery, moment: Moment) -> None:
    files = files_of(shown.drawings["progress"], (), moment)
    assert set(files) == {"progress.csv", "progress-samples.csv"}
    lines = files["progress.csv"].decode().splitlines()
    assert lines[1:4] == [f"# {line}" for line in source_of(moment)]
    assert moment.digest in lines[2]
    rows = list(csv.DictReader(line for line in lines if not line.startswith("#")))
    assert [float(row["best measured (muB/f.u.)"] or "nan") for row in rows] == pytest.approx(
        progress(moment).best.tolist(), nan_ok=True
    )


@pytest.mark.parametrize(("hits", "count"), [(0, 4), (3, 7), (19, 19), (1, 2)])
def test_the_interval_of_a_share_by_the_binomial_tails(hits: int, count: int) -> None:
    low, high = share_interval(hits, count)
    assert low == 0.0 if hits == 0 else binom.sf(hits - 1, count, low) == pytest.approx(0.025)
    assert high == 1.0 if hits == count else binom.cdf(hits, count, high) == pytest.approx(0.025)


def test_the_corners_of_a_triangle() -> None:
    across, up = onto(np.array([0.0, 0.8, 0.0]), np.array([0.0, 0.0, 0.8]), 0.8)
    assert np.allclose(np.column_stack([across, up]), [[0, 0], [1, 0], [0.5, HEIGHT]])
    assert math.hypot(0.5, HEIGHT) == pytest.approx(1.0)


def test_the_caption_counts_what_is_drawn(shown: Gallery, moment: Moment) -> None:
    assert f"distance of {len(innovations(moment).z)} measured values" in shown.drawings["calibration"].caption
