"""What the page answers, without a browser."""

import json
import re
import shutil
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import plotly.graph_objects as go
import pytest

from loop.campaign import Campaign
from loop.control import Kind, Order, Orders
from loop.figures.page.markup import label
from loop.history import History
from loop.history.layout import cycle_path
from loop.records import Status
from loop.retry import Act, Trouble, Troubles
from loop.session import Session
from loop.state import fold

ClientOf = Callable[[Path], Any]
OWN = {"Origin": "http://127.0.0.1:8737"}
PARTS = {"standing", "progress", "approvals", "entering", "requests", "quarantine", "data", "costs"}


class Outline(HTMLParser):
    """Ids, headings' owners, labels and fields of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.sources: list[str] = []
        self.tags: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags.append(tag)
        self.ids += [given["id"] or ""] if "id" in given else []
        self.sources += [value or "" for key, value in attrs if key in {"src", "href", "action"}]


def figures(parts: dict[str, str]) -> dict[str, go.Figure]:
    """Every figure, held against plotly's own schema."""
    found = {}
    for html in parts.values():
        for name, spec in re.findall(r'id="plot-(.*?)".*?<script type="application/json">(.*?)</script>', html, re.S):
            found[name] = go.Figure(json.loads(spec))
    return found


def test_the_page(client: Any) -> None:
    answer = client.get("/")
    assert answer.status_code == 200
    page = Outline(answer.text)
    assert {"standing", "progress", "predictions", "requests", "quarantine", "calibration", "data", "costs"} <= {
        *page.ids
    }
    assert len(page.ids) == len(set(page.ids)), "an id stands twice"
    assert all(source.startswith(("/", "#", "data:,")) for source in page.sources), "nothing comes from elsewhere"
    assert {"main", "nav", "header", "h1"} <= {*page.tags}
    assert "Fe-Co, made up" in answer.text
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe-eval" not in policy


def test_a_cycle_says_what_was_known_then(client: Any, made: Path) -> None:
    with History.open(made / "history") as history:
        records = list(history.records())
    for number, record in enumerate(records):
        seen = client.get("/moment", params={"cycle": number}).json()
        assert (seen["cycle"], seen["count"]) == (number, len(records))
        assert seen["parts"].keys() == PARTS
        state = fold(records[: number + 1])
        assert f"{len(state.observations)} values" in seen["parts"]["standing"]
        waiting = state.open_requests
        asked = seen["parts"]["requests"]
        assert all(label(request.label) in asked for request in waiting)
        assert ("Nothing is waited for" in asked) == (not waiting)
        drawn = figures(seen["parts"])
        (measured,) = [trace for trace in drawn["progress"].data if trace.name == "a measured sample"]
        assert sorted(measured.y) == pytest.approx(sorted(each.value for each in state.values_of("measured")), rel=1e-5)
        assert sum(max(trace.y) for trace in drawn["costs"].data) == pytest.approx(state.spent)
        assert record.number == number


def test_predictions_are_those_of_the_study(client: Any, made: Path) -> None:
    from loop.study import Study

    study = Study(made / "history")
    parts = client.get("/fitted").json()["parts"]
    (line,) = [trace for trace in figures(parts)["along"].data if trace.name == "prediction"]
    expected = study.predict({"a": list(line.x)})
    assert list(line.y) == pytest.approx(expected["mean"].tolist(), rel=1e-4)
    assert list(line.customdata) == pytest.approx(expected["deviation"].tolist(), rel=1e-4)
    other = figures(client.get("/fitted", params={"target": "calculated"}).json()["parts"])["along"]
    assert other.layout.yaxis.title.text.startswith("calculated")


def test_before_there_is_a_model_it_says_why(client: Any) -> None:
    assert "no model" in client.get("/fitted", params={"cycle": 0}).json()["parts"]["predictions"]


@pytest.mark.parametrize("word", ["-1", "99999999999999999999", "½", "two", "1e3", ""])
def test_a_cycle_that_is_none_is_the_newest(client: Any, word: str) -> None:
    seen = client.get("/moment", params={"cycle": word}).json()
    assert seen["cycle"] == seen["count"] - 1


@pytest.mark.parametrize(
    "words",
    [{"along": "<script>"}, {"x": "a", "y": "a"}, {"at.a": "NaN"}, {"at.a": "1e999"}, {"at.a": "x"}, {"target": "?"}],
)
def test_words_that_mean_nothing_do_no_harm(client: Any, words: dict[str, str]) -> None:
    answer = client.get("/fitted", params=words)
    assert answer.status_code in {200, 409}
    assert "<script>" not in answer.text.replace('<script type="application/json">', "")


def test_texts_from_outside_stay_texts(client_of: ClientOf, make_campaign: Callable[..., Path]) -> None:
    folder = make_campaign(('title = "Fe-Co, made up"', 'title = "<img src=x onerror=alert(1)>"'))
    file = folder / "measurements.csv"
    file.write_text(file.read_text().replace(",A\n", ",</script><b>A\n"))
    with Session(Campaign.load(folder), folder / "history") as session:
        while not session.is_over:
            session.step()
    client = client_of(folder / "history")
    text = client.get("/").text + json.dumps(client.get("/fitted").json())
    assert "<img" not in text
    assert "<b>A" not in text
    assert "</script><b" not in text


def test_none_yet(client_of: ClientOf, tmp_path: Path) -> None:
    client = client_of(tmp_path / "nothing")
    assert "douka run tiny" in client.get("/").text
    assert client.get("/latest").json()["count"] == 0
    assert client.get("/moment").status_code == 404
    assert client.get("/fitted").json() == {"parts": {}}


def test_damage_names_the_file(client_of: ClientOf, campaign: Path) -> None:
    spoilt = cycle_path(campaign / "history", 2)
    spoilt.write_bytes(b"nonsense")
    client = client_of(campaign / "history")
    page = client.get("/").text
    assert str(spoilt) in page
    assert "1 of 1" in page
    cycle_path(campaign / "history", 0).write_bytes(b"")
    client = client_of(campaign / "history")
    assert str(cycle_path(campaign / "history", 0)) in client.get("/").text


def test_a_new_cycle_and_an_order_are_noticed(client_of: ClientOf, campaign: Path) -> None:
    path = campaign / "history"
    shutil.move(last := cycle_path(path, len(list(path.glob("cycles/*/*.h5"))) - 1), campaign / "later.h5")
    client = client_of(path)
    first = client.get("/latest").json()
    shutil.move(campaign / "later.h5", last)
    second = client.get("/latest").json()
    assert second["count"] == first["count"] + 1
    assert second["stamp"] != first["stamp"]
    Orders(path).give(Order(kind=Kind.PAUSE, reason="lunch", person="Ada", time="2026-01-01T12:00:00"))
    assert client.get("/latest").json()["stamp"] != second["stamp"]
    assert "lunch" in client.get("/").text


def test_an_adapter_that_does_not_answer_is_shown(client_of: ClientOf, campaign: Path) -> None:
    path = campaign / "history"
    client = client_of(path)
    before = client.get("/latest").json()["stamp"]
    times = dict.fromkeys(("since", "last", "again", "until"), "2026-01-01T12:00:00+00:00")
    Troubles(path).keep(Trouble(slot="cluster", act=Act.COLLECT, error="no route to host", attempts=1, **times))
    assert client.get("/latest").json()["stamp"] != before
    page = client.get("/").text
    assert "in trouble" in page
    assert "no route to host" in page
    assert "no route to host" not in client.get("/?cycle=0").text


def test_assets(client: Any) -> None:
    assert "plotly.js" in client.get("/assets/plotly.min.js").text[:200]
    assert "@media print" in client.get("/assets/page.css").text
    for name in ("nothing", "../app.py", "%2e%2e/app.py", "page.py"):
        assert client.get(f"/assets/{name}").status_code == 404


def test_a_verdict_is_sealed(client_of: ClientOf, campaign: Path) -> None:
    path = campaign / "history"
    with History.open(path) as history:
        (item, *_) = fold(history.records()).quarantine
    words = {"token": "a-token", "item": item.id, "verdict": "accept", "reason": "weighed again"}
    client = client_of(path)
    answer = client.post("/verdict", data=words, headers=OWN)
    assert (answer.status_code, "learned from" in answer.text) == (200, True), answer.text
    assert client.get("/latest").json()["count"] == client.get("/moment").json()["count"]
    again = client.post("/verdict", data=words, headers=OWN)
    assert again.status_code == 409
    with History.open(path) as history:
        last = history.read(-1)
        assert item.id in {one.id for one in fold(history.records()).observations}
    assert last.summary["reason"] == "weighed again"
    assert last.facts["person"]
    with Session(Campaign.load(campaign), path) as session:
        session.step()
        assert item.id in {one.id for one in session.state.observations}
        assert all(each.status is not Status.UNKNOWN for each in session.state.requests.values())


def test_while_another_process_writes_that_one_seals_it(client_of: ClientOf, campaign: Path) -> None:
    with History.open(campaign / "history") as history:
        (item, *_) = fold(history.records()).quarantine
    words = {"token": "a-token", "item": item.id, "verdict": "accept", "reason": "because"}
    client = client_of(campaign / "history")
    with Session(Campaign.load(campaign), campaign / "history") as session:
        answer = client.post("/verdict", data=words, headers=OWN)
        assert (answer.status_code, "is noted" in answer.text) == (200, True)
        assert item.id not in {one.id for one in session.state.observations}
        assert client.post("/verdict", data={**words, "item": "x"}, headers=OWN).status_code == 409
        session.step()
        assert item.id in {one.id for one in session.state.observations}
    assert "because" in {seen["reason"] for seen in _summaries(campaign) if "reason" in seen}


def _summaries(campaign: Path) -> list[Any]:
    with History.open(campaign / "history") as history:
        return [record.summary for record in history.records()]


@pytest.mark.parametrize(
    ("changed", "headers", "code"),
    [
        ({"token": "another"}, OWN, 403),
        ({}, {"Origin": "http://example.org"}, 403),
        ({}, {"Origin": "null"}, 403),
        ({"token": ""}, {}, 403),
        ({}, {"Origin": "http://127.0.0.1:9999"}, 403),
        ({}, {**OWN, "Host": "example.org:8737"}, 403),
        ({"verdict": "delete"}, OWN, 409),
        ({"reason": " "}, OWN, 409),
        ({"item": "nobody"}, OWN, 409),
        ({"reason": "x" * 20_000}, OWN, 413),
    ],
)
def test_a_verdict_that_does_not_hold(
    client: Any, made: Path, changed: dict[str, str], headers: dict[str, str], code: int
) -> None:
    before = len(list(made.glob("history/cycles/*/*.h5")))
    words = {"token": "a-token", "item": "", "verdict": "accept", "reason": "because", **changed}
    assert client.post("/verdict", data=words, headers=headers).status_code == code
    assert len(list(made.glob("history/cycles/*/*.h5"))) == before


@pytest.mark.parametrize("host", ["example.org:8737", "127.0.0.1.example.org", "localhost.example.org:8737", ""])
def test_a_name_that_is_not_its_own_is_refused(client: Any, host: str) -> None:
    assert client.get("/", headers={"Host": host}).status_code == 403
    assert client.get("/", headers={"Host": "localhost:8737"}).status_code == 200


def test_another_pages_script_reads_nothing(client: Any) -> None:
    answer = client.get("/moment", headers={"Origin": "http://example.org"})
    assert answer.status_code == 403
    assert "access-control-allow-origin" not in answer.headers
    assert client.get("/verdict").status_code == 405


def test_an_approval(client_of: ClientOf, make_campaign: Callable[..., Path]) -> None:
    folder = make_campaign(("[stop]", "[approval]\nexperiments = true\n\n[stop]"))
    with Session(Campaign.load(folder), folder / "history") as session:
        session.step()
        first, second = session.state.awaiting_approval
    client = client_of(folder / "history")
    asked = client.get("/").text
    assert label(first.label) in asked
    assert f'value="{first.id}"' in asked
    before = client.get("/latest").json()["stamp"]
    words = {"token": "a-token", "request": first.id, "ruling": "approved", "reason": ""}
    assert client.post("/decision", data={**words, "token": "x"}, headers=OWN).status_code == 403
    assert client.post("/decision", data={**words, "ruling": "changed?"}, headers=OWN).status_code == 409
    assert client.post("/decision", data={**words, "ruling": "rejected"}, headers=OWN).status_code == 409, "no reason"
    answer = client.post("/decision", data=words, headers=OWN)
    assert (answer.status_code, "the next cycle takes that in" in answer.text) == (200, True), answer.text
    assert client.get("/latest").json()["stamp"] != before
    assert "the next cycle takes that in" in client.get("/moment").json()["parts"]["approvals"]
    assert client.post("/decision", data=words, headers=OWN).status_code == 409, "decided already"
    no = {**words, "request": second.id, "ruling": "rejected", "reason": "the furnace is taken"}
    assert client.post("/decision", data=no, headers=OWN).status_code == 200
    with Session(Campaign.load(folder), folder / "history") as session:
        session.step()
        requests = session.state.requests
        assert requests[first.id].status in {Status.SEALED, Status.RUNNING, Status.DONE}
        assert requests[second.id].status is Status.REJECTED
