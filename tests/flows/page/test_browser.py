"""The page in a real browser, as a person uses it."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from flows.page.address import pages_at
from loop.campaign import Campaign
from loop.history import History
from loop.session import Session
from loop.state import fold

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def watched(made: Path, tmp_path_factory: pytest.TempPathFactory, watching: Callable[[Path], Any]) -> Any:
    """The page of a copy of the made history."""
    return watching(Path(shutil.copytree(made, tmp_path_factory.mktemp("watched") / "tiny")))


def test_the_slider_goes_back_in_time(tab: Any) -> None:
    seen = tab()
    count = int(seen.page.get_attribute("main", "data-count"))
    newest = seen.text("#standing")
    seen.page.locator("#cycle").focus()
    seen.page.keyboard.press("Home")
    seen.until("document.querySelector('#at').textContent.startsWith('0 of') && location.search !== ''")
    seen.until("document.querySelector('#predictions').textContent.includes('no model')")
    assert seen.text("#standing") != newest
    for _ in range(2):
        seen.page.keyboard.press("ArrowRight")
    seen.until("location.search === '?cycle=2'")
    seen.page.get_by_role("button", name="Newest").click()
    seen.until(f"document.querySelector('#at').textContent.startsWith('{count - 1} of')")
    seen.settle()
    assert seen.text("#standing") == newest
    assert "cycle" not in seen.page.url


def test_a_slow_answer_takes_no_step_back(tab: Any) -> None:
    seen = tab()
    seen.page.locator("#cycle").focus()
    seen.page.keyboard.press("Home")
    seen.until("location.search === '?cycle=0'")
    held: list[Any] = []
    seen.page.route("**/moment?cycle=1", lambda each: held.append(each))
    seen.page.keyboard.press("ArrowRight")
    while not held:
        seen.page.wait_for_timeout(10)
    seen.page.keyboard.press("ArrowRight")
    held.pop().continue_()
    seen.until("location.search === '?cycle=2'")
    seen.page.keyboard.press("ArrowRight")
    seen.page.get_by_role("button", name="One cycle back").click()  # at once, so the step on is dropped
    seen.page.get_by_role("button", name="One cycle back").click()  # to 1, which is not answered
    seen.page.get_by_role("button", name="One cycle back").click()
    seen.until("location.search === '?cycle=0'")
    for each in held:
        each.continue_()


def test_another_quantity(tab: Any) -> None:
    seen = tab()
    seen.page.select_option("[name=target]", "calculated")
    seen.until("document.querySelector('#plot-along .ytitle')?.textContent.startsWith('calculated')")


def test_by_keyboard_alone(tab: Any) -> None:
    seen = tab()
    reached = []
    for _ in range(60):
        seen.page.keyboard.press("Tab")
        found = seen.page.evaluate(
            "() => { const e = document.activeElement, s = getComputedStyle(e); return {"
            "name: e.getAttribute('aria-label') || e.labels?.[0]?.textContent || e.textContent || e.title,"
            "kind: e.tagName, key: e.id || e.name || e.textContent,"
            "seen: s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0}; }"
        )
        if found["kind"] == "BODY":
            break
        reached.append(found)
    keys = {str(each["key"]).split("-")[0] for each in reached}
    assert {"cycle", "back", "on", "newest", "target", "along", "reason", "verdict"} <= keys
    assert all(each["seen"] for each in reached), [each for each in reached if not each["seen"]]
    assert all((each["name"] or "").strip() for each in reached), "something has no name"
    assert reached[0]["name"].startswith("Skip")


def test_on_a_phone(tab: Any) -> None:
    seen = tab(375, 700)
    assert not seen.scrolls_sideways()
    assert seen.page.locator("#plot-along .main-svg").first.bounding_box()["width"] <= 375
    seen.page.set_viewport_size({"width": 700, "height": 375})  # turned
    drawn = "document.querySelector('#plot-along .main-svg')"
    seen.until(f"{drawn}.getBoundingClientRect().width > 500")
    seen.until(f"{drawn}.viewBox.baseVal.width === Number({drawn}.getAttribute('width'))")
    seen.page.set_viewport_size({"width": 375, "height": 700})
    small = seen.page.evaluate(
        "[...document.querySelectorAll('button, select, input:not([type=hidden])')]"
        ".filter((e) => e.offsetParent && e.getBoundingClientRect().height < 24).map((e) => e.outerHTML)"
    )
    assert not small, "too small for a finger"


def test_on_paper(tab: Any, tmp_path: Path) -> None:
    seen = tab()
    seen.page.emulate_media(media="print")
    assert not seen.page.is_visible("#cycle")
    assert not seen.page.is_visible("form.view")
    assert seen.page.is_visible("#plot-along .main-svg")
    seen.page.pdf(path=tmp_path / "page.pdf", prefer_css_page_size=True)
    content = (tmp_path / "page.pdf").read_bytes()
    assert content.startswith(b"%PDF")
    assert len(re.findall(rb"/Type\s*/Page\b", content)) < 9


def test_accepted_and_learned_from(tab: Any, watched: Any) -> None:
    campaign, path = watched.campaign, watched.campaign / "history"
    with History.open(path) as history:
        items = fold(history.records()).quarantine
        before = len(history.cycles)
    seen = tab()
    first = seen.page.locator("form.verdict").first
    first.get_by_label("Reason").fill("weighed again")
    first.get_by_role("button", name="Accept").click()
    seen.until(f"document.querySelector('#at').textContent.startsWith('{before} of')")
    with History.open(path) as history:
        record = history.read(-1)
        assert items[0].id in {one.id for one in fold(history.records()).observations}
    assert (record.number, record.summary["reason"]) == (before, "weighed again")
    seen.until("document.querySelector('#news').textContent !== ''")
    with Session(Campaign.load(campaign), path) as session:
        sealed = session.step()
        assert items[0].id in {one.id for one in session.state.observations}
    if sealed is not None:  # the page follows the campaign by itself
        seen.until(f"document.querySelector('#at').textContent.startsWith('{sealed.number} of')")
    seen.settle()


def test_ctrl_c_ends_it(watched: Any, eventually: Callable[[Callable[[], bool], float], None]) -> None:
    eventually(lambda: pages_at(watched.campaign / "history") == [watched.address], 60)
    code, out, err = watched.end()
    assert not pages_at(watched.campaign / "history")
    assert code == 0, (out, err)
    assert "the page is closed" in out
    assert not err
