"""The page where a reader prefers a dark one: every text can be read, paper stays light."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from flows.page.figures.house import DARK

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
LEAST = 4.5
"""Contrast of text that WCAG 2.2 asks for at level AA."""

COLOURS = """() => {
  const rgba = (text) => text.match(/[\\d.]+/g).map(Number);
  const behind = (element) => {
    for (let each = element; each; each = each.parentElement) {
      const colour = getComputedStyle(each).backgroundColor;
      if (rgba(colour).length < 4 || rgba(colour)[3] > 0) return rgba(colour);
    }
    return [255, 255, 255];
  };
  const written = (element) => element.matches("input:not([type=range])") ||
    [...element.childNodes].some((each) => each.nodeType === Node.TEXT_NODE && each.data.trim());
  return [...document.body.querySelectorAll("*")]
    .filter((each) => !each.matches("script, option, .modebar *") && each.checkVisibility() && written(each))
    .map((each) => {
      const style = getComputedStyle(each), isDrawn = each instanceof SVGElement;
      return {words: (each.textContent || each.value).slice(0, 40), drawn: isDrawn,
              ink: rgba(isDrawn ? style.fill : style.color), paper: behind(each)};
    });
}"""


@pytest.fixture(scope="module")
def watched(made: Path, watching: Callable[[Path], Any]) -> Any:
    """The page of the made history; for looking only."""
    return watching(made)


def luminance(colour: list[float]) -> float:
    """Relative, of an sRGB colour: WCAG 2.2."""
    linear = [v / 12.92 if (v := each / 255) <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for each in colour[:3]]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(ink: list[float], paper: list[float]) -> float:
    low, high = sorted((luminance(ink), luminance(paper)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_that_of_wcag() -> None:
    assert contrast([0, 0, 0], [255, 255, 255]) == pytest.approx(21)
    assert contrast([118, 118, 118], [255, 255, 255]) == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_can_be_read(tab: Any, scheme: str) -> None:
    seen = tab(color_scheme=scheme)
    found = seen.page.evaluate(COLOURS)
    assert len(found) > 100
    assert any(each["drawn"] for each in found), "the words in figures count"
    assert (luminance(found[0]["paper"]) < 0.1) == (scheme == "dark")
    faint = [each for each in found if contrast(each["ink"], each["paper"]) < LEAST]
    assert not faint
    seen.page.evaluate("document.body.classList.add('gone'); document.querySelector('#news').textContent = 'gone'")
    (news,) = [each for each in seen.page.evaluate(COLOURS) if each["words"] == "gone"]
    assert contrast(news["ink"], news["paper"]) >= LEAST


def test_it_turns_with_the_reader_and_is_light_on_paper(tab: Any) -> None:
    seen = tab(color_scheme="dark")
    line = "getComputedStyle(document.querySelector('#plot-along .js-line[style*=\"2.5px\"]')).stroke"
    dark, light = _rgb(DARK["#0072B2"]), _rgb("#0072B2")
    seen.until(f"{line} === '{dark}'")
    seen.page.emulate_media(media="print")
    seen.until(f"{line} === '{light}'")
    paper = [each["paper"] for each in seen.page.evaluate(COLOURS)]
    assert paper
    assert all(luminance(each) > 0.8 for each in paper)
    seen.page.emulate_media(media="screen", color_scheme="light")
    seen.until(f"{line} === '{light}'")
    seen.page.emulate_media(media="screen", color_scheme="dark")
    seen.until(f"{line} === '{dark}'")


def _rgb(colour: str) -> str:
    return "rgb({}, {}, {})".format(*(int(colour[at : at + 2], 16) for at in (1, 3, 5)))
