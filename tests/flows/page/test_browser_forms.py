"""Requests changed and answered in a real browser, as a person does it."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from loop.approval import Decisions
from loop.campaign import Campaign
from loop.history import History
from loop.records import Ruling
from loop.session import Session
from loop.state import State, fold

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def watched(asked: Path, tmp_path_factory: pytest.TempPathFactory, watching: Callable[[Path], Any]) -> Any:
    """The page of a copy of a campaign that waits for people."""
    return watching(Path(shutil.copytree(asked, tmp_path_factory.mktemp("watched") / "hand")))


def state_of(campaign: Path) -> State:
    with History.open(campaign / "history") as history:
        return fold(history.records())


def test_another_point_by_keyboard(tab: Any, watched: Any) -> None:
    one, other = state_of(watched.campaign).awaiting_approval
    seen = tab(375, 700, plots=2)
    page = seen.page
    form, neighbour = page.locator(f"#decide-{one.id}"), page.locator(f"#decide-{other.id}")
    neighbour.get_by_label("Reason").fill("not decided yet")
    neighbour.get_by_label("Reason").press("Enter")  # hands in nothing: the first button would approve
    form.locator("summary").focus()
    page.keyboard.press("Enter")
    form.get_by_label("a", exact=True).fill("1.5")
    form.get_by_label("hours").fill("8")
    form.get_by_label("a", exact=True).press("Enter")  # the button of the point, not Approve
    alert = form.get_by_role("alert")
    alert.wait_for()
    assert "a = 1.5, expected 0 to 0.8" in alert.inner_text()
    assert form.get_by_label("a", exact=True).get_attribute("aria-invalid") == "true"
    assert page.evaluate("document.activeElement.name") == "point.a"
    assert form.get_by_label("hours").input_value() == "8", "nothing is lost of what was typed"
    assert not seen.scrolls_sideways()
    page.screenshot(path=seen.place("change-refused.png"))
    form.get_by_label("a", exact=True).fill("0.25")
    form.get_by_role("button", name="Approve this point instead").click()
    page.get_by_text("the next cycle takes that in").first.wait_for()
    assert neighbour.get_by_label("Reason").input_value() == "not decided yet", "what is typed elsewhere stays"
    assert form.count() == 0
    (filed,) = Decisions(watched.campaign / "history").since(2)
    assert (filed.decision.request_id, filed.decision.ruling) == (one.id, Ruling.CHANGED)
    assert filed.decision.x == (0.25, 8.0, one.x[2])


def test_a_value_is_handed_in(tab: Any, watched: Any) -> None:
    first = state_of(watched.campaign).under_way[0]
    seen, late = tab(375, 700, plots=2), tab(plots=2)
    form = seen.page.locator(f"#enter-{first.id}")
    form.get_by_label("value").fill("much")
    form.get_by_label("measured by").fill("Anna")
    form.get_by_role("button", name="Hand in").click()
    form.get_by_role("alert").wait_for()
    assert "'value' is 'much', expected a number" in form.get_by_role("alert").inner_text()
    assert form.get_by_label("measured by").input_value() == "Anna"
    form.get_by_label("value").fill("190")
    form.get_by_text("Sample, composition, or why it failed").click()
    form.get_by_label("laboratory sample").fill("FC-1")
    assert not seen.scrolls_sideways()
    seen.page.screenshot(path=seen.place("enter.png"), full_page=True)
    old = late.page.locator(f"#enter-{first.id}")
    old.get_by_label("value").fill("190")
    old.get_by_label("measured by").fill("Anna")
    form.get_by_role("button", name="Hand in").click()
    # At once in the form's place, then, when the section is read again, as the page says it from then on.
    seen.page.locator("#entering").get_by_text(re.compile("answered.*the next cycle takes that in")).wait_for()
    old.get_by_role("button", name="Hand in").click()  # a page that was loaded before
    told = re.compile("(was already entered,|answered:) 190 A.m2/kg, by Anna")
    late.page.locator("#entering").get_by_text(told).wait_for()
    with Session(Campaign.load(watched.campaign), watched.campaign / "history") as session:
        session.step()
        (found,) = session.state.observations
    assert (found.value, found.provenance.person, found.sample.laboratory_id) == (190, "Anna", "FC-1")
