"""The report as a page: whole, valid, without a network, and true to the history."""

import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from loop.campaign import Campaign
from loop.figures.data import Moment
from loop.figures.page import Account, report_page
from loop.figures.page.markup import label, table
from loop.history import History
from loop.knowledge import knowledge
from loop.records import Source
from loop.session import Session

VOID = {"meta", "img", "br"}


class Reader(HTMLParser):
    """Holds every tag against its end, and gathers the text."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.addresses: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.addresses += [str(value) for name, value in attrs if name in {"src", "href"}]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory, write_tiny: Callable[..., Path]) -> Account:
    folder = tmp_path_factory.mktemp("page")
    campaign = Campaign.load(write_tiny(folder / "tiny"))
    with Session(campaign, folder / "history") as session:
        while not session.is_over:
            session.step()
    with History.open(folder / "history") as history:
        moment = Moment.of(campaign, history.records())
    return Account(
        moment=moment,
        knowledge=knowledge(campaign, moment.state),
        truth=None,
        called="tiny",
        place=str(folder / "history"),
    )


@pytest.fixture(scope="module")
def text(account: Account) -> str:
    return report_page(account)


def read(text: str) -> Reader:
    reader = Reader()
    reader.feed(text)
    reader.close()
    assert reader.open == []
    return reader


def test_it_says_what_the_history_holds(account: Account, text: str) -> None:
    page = read(text)
    known = account.knowledge
    assert known.best_measured is not None
    said = f"{known.count(Source.EXPERIMENT)} measurements and {known.count(Source.CALCULATION)} calculations"
    for words in (
        said,
        account.moment.digest,
        account.campaign.sha256,
        "douka replay tiny",
        "013806",
        account.state.stopped,
    ):
        assert words in page.text
    assert f"best measured sample is {known.best_measured.label}" in page.text


def test_it_needs_no_network_and_no_script(text: str) -> None:
    assert all(address.startswith("data:image/svg+xml;base64,") for address in read(text).addresses)
    assert len(read(text).addresses) == 5  # one variable: no map
    assert not re.search(r"<script|@import|url\(", text)


def test_the_same_history_gives_the_same_page(account: Account, text: str) -> None:
    assert report_page(account) == text


def test_what_was_refused_is_told_and_escaped(account: Account) -> None:
    [first, *rest] = account.state.observations
    from loop.records import Quarantined

    aside = Quarantined(
        id=first.id, target=first.target, x=first.x, value=9.5, unit="muB/f.u.", label=first.label,
        reason="<b>far</b> & off", remedy="measure again", z_score=9.0, request_id=None, provenance=first.provenance,
    )  # fmt: skip
    state = replace(account.state, quarantine=(aside,), observations=tuple(rest))
    text = report_page(replace(account, moment=replace(account.moment, state=state)))
    assert "&lt;b&gt;far&lt;/b&gt; &amp; off" in text
    assert "measure again" in read(text).text


def test_before_anything_is_known(account: Account) -> None:
    nothing = Moment.of(account.campaign, ())
    page = read(report_page(replace(account, moment=nothing, knowledge=knowledge(account.campaign, nothing.state))))
    assert "Nothing was measured that counts as a result" in page.text
    assert "There is no model yet" in page.text
    assert page.text.count("No figure of ") == 6
    assert "cannot be told yet" in page.text


def test_after_one_cycle(account: Account) -> None:
    one = Moment.of(account.campaign, account.moment.records, 0)
    page = read(report_page(replace(account, moment=one, knowledge=knowledge(account.campaign, one.state))))
    assert "No figure of bands: there is no model yet: the start is not complete." in page.text
    assert len(page.addresses) == 1  # what was spent


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Nd2Fe14B", "Nd<sub>2</sub>Fe<sub>14</sub>B"),
        ("Fe0.7Co0.3", "Fe<sub>0.7</sub>Co<sub>0.3</sub>"),
        ("x = 0.35", "x = 0.35"),
        ("<Fe2>", "&lt;Fe2&gt;"),
        ("12.5", "12.5"),
    ],
)
def test_labels(text: str, shown: str) -> None:
    assert label(text) == shown


def test_a_column_that_is_empty_is_left_out() -> None:
    assert table("t", ("a", "b"), [("1", ""), ("2", "")]).count("<th ") == 1
    assert table("t", ("a",), []) == ""
