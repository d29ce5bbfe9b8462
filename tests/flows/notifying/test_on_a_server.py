"""On a real Prefect server: its automations act by themselves, and its saved blocks carry our messages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID

import pytest
from prefect.states import Completed, Crashed, Running, Scheduled
from typer.testing import CliRunner

from flows.automations.keeping import keep_automations, reconcile, standing
from flows.automations.wanted import CRASHED, LATE, WITHOUT_HEARTBEATS, Watched, names_of, wanted
from flows.cli import app as cli
from flows.embedded import client_of
from flows.naming import deployment_name
from flows.notifying.herald import Herald
from flows.notifying.subject import Subject
from flows.server import Server
from loop.campaign import Campaign
from loop.control import Kind, Order, Orders
from loop.facts import now
from loop.session import Session

MakeCampaign = Callable[..., Path]
Eventually = Callable[[Callable[[], bool], float], None]
PATIENCE = timedelta(seconds=10)
BLOCK = ("[stop]", '[notify]\nto = ["custom-webhook/lab", "env:DOUKA_TEST_WEBHOOK", "teams/none"]\n\n[stop]')

pytestmark = [pytest.mark.server, pytest.mark.timeout(600)]


class Receiver(Protocol):
    messages: list[dict[str, Any]]
    url: str


@dataclass
class Pages:
    """A server, and the client of it."""

    home: Path
    client: Any

    def deployment(self, name: str) -> UUID:
        """One of the flow ``cycle``."""
        flow = self.client.create_flow_from_name("cycle")
        made: UUID = self.client.create_deployment(flow_id=flow, name=name, tags=["douka"])
        return made

    def run(self, deployment: UUID, name: str, due: timedelta = timedelta(hours=1)) -> UUID:
        """A run that is due so long from now."""
        state = Scheduled(scheduled_time=datetime.now(UTC) + due)
        made: UUID = self.client.create_flow_run_from_deployment(deployment, name=name, state=state).id
        return made

    def move(self, run: UUID, state: Any) -> None:
        self.client.set_flow_run_state(run, state, force=True)

    def beat(self, run: UUID, deployment: UUID) -> None:
        """A heartbeat, as the engine of a run at work sends it."""
        from prefect.events.schemas.events import Event

        of = {"prefect.resource.id": f"prefect.deployment.{deployment}", "prefect.resource.role": "deployment"}
        resource = {"prefect.resource.id": f"prefect.flow-run.{run}"}
        event = Event(event="prefect.flow-run.heartbeat", resource=resource, related=[of])
        self.client.request("POST", "/events", json=[event.model_dump(mode="json")]).raise_for_status()

    def name_of_state(self, run: UUID) -> str:
        return str(self.client.read_flow_run(run).state.name)


@pytest.fixture(scope="module")
def server(prefect_home: Path) -> Iterator[Server]:
    """One for all tests of this module."""
    with Server(prefect_home, pages=True) as started:
        started.wait()
        yield started


@pytest.fixture
def pages(server: Server, prefect_home: Path, webhook: Receiver) -> Iterator[Pages]:
    """With a saved block whose messages the webhook gets."""
    with client_of(prefect_home, server.port):
        from prefect.blocks.notifications import CustomWebhookNotificationBlock
        from prefect.client.orchestration import get_client

        block = CustomWebhookNotificationBlock(
            name="lab", url=webhook.url, json_data={"title": "{{subject}}", "body": "{{body}}"}
        )
        block.save("lab", overwrite=True)
        with get_client(sync_client=True) as client:
            yield Pages(prefect_home, client)


def test_automations_are_kept_as_the_campaign_wants_them(
    pages: Pages, make_campaign: MakeCampaign, tmp_path: Path
) -> None:
    folder, said = make_campaign(BLOCK), list[str]()
    told, silent = Campaign.load(folder), Campaign.load(make_campaign(name="silent"))
    name = deployment_name(told, tmp_path / "kept")
    deployment = pages.deployment(name)

    def kept() -> dict[str, Any]:
        found = {what: pages.client.read_automations_by_name(each) for what, each in names_of(name).items()}
        assert all(len(each) <= 1 for each in found.values()), "none is there twice"
        return {what: each[0] for what, each in found.items() if each}

    assert keep_automations(told, tmp_path / "kept", deployment, said.append) == ("custom-webhook/lab",)
    assert said == ["[notify] teams/none: Prefect has no such block yet; make it on its page 'Blocks'"]
    first = kept()
    assert list(first) == [WITHOUT_HEARTBEATS, CRASHED, LATE]
    other = pages.client.create_automation(_core(first[CRASHED], name="of the department"))
    pages.client.create_automation(_core(first[LATE]))
    for each in pages.client.read_automations_by_name(first[LATE].name):
        pages.client.pause_automation(each.id)
    pages.client.update_automation(first[CRASHED].id, _core(first[CRASHED], description="by hand", actions=[]))
    keep_automations(told, tmp_path / "kept", deployment, said.append)
    again = kept()
    assert again[CRASHED] == first[CRASHED]
    assert again[WITHOUT_HEARTBEATS] == first[WITHOUT_HEARTBEATS]
    assert _core(again[LATE], enabled=True) == _core(first[LATE])
    assert standing(pages.client, name) == {WITHOUT_HEARTBEATS: True, CRASHED: True, LATE: False}
    (folder / ".prefect").symlink_to(pages.home)
    shown = CliRunner().invoke(cli.app, ["notify", str(folder), "--history", str(tmp_path / "kept")]).output
    assert [line.split("  ")[0] for line in shown.splitlines()[-3:]] == [WITHOUT_HEARTBEATS, CRASHED, LATE]
    assert shown.rstrip().endswith("switched off")
    keep_automations(silent, tmp_path / "silent", deployment, said.append)
    assert kept() == again, "another campaign's are left alone"
    table = told.table.model_copy(update={"notify": silent.table.notify})
    nobody = Campaign(told.name, table, told.text, told.folder)
    assert keep_automations(nobody, tmp_path / "kept", deployment, said.append) == ()
    assert list(kept()) == [WITHOUT_HEARTBEATS]
    assert pages.client.read_automation(other).actions == first[CRASHED].actions
    pages.client.delete_automation(other)


def test_a_saved_block_and_a_variable_are_told_the_same(
    pages: Pages, webhook: Receiver, eventually: Eventually, make_campaign: MakeCampaign, tmp_path: Path
) -> None:
    """Of a pause, and of what no cycle can tell: there the server tells the block, we the variable."""
    folder, path, said = make_campaign(BLOCK), tmp_path / "heralded", list[str]()
    campaign = Campaign.load(folder)
    deployment = pages.deployment(deployment_name(campaign, path))
    with Session(campaign, path) as session:
        session.step()
    Orders(path).give(Order(kind=Kind.PAUSE, person="Anna", reason="a leak", time=now()))
    missed = [datetime.now(UTC) - timedelta(hours=hours) for hours in (3, 2)]
    herald = Herald(campaign, path, deployment, lambda: session.state, missed, said.append)

    def told(*, block: bool) -> list[tuple[str, str]]:
        return sorted((each["title"], each["body"]) for each in webhook.messages if ("text" not in each) is block)

    herald.look()
    assert said == ["[notify] teams/none: Prefect has no such block yet; make it on its page 'Blocks'"]
    assert told(block=True) == told(block=False)
    assert [title for title, _ in told(block=True)] == ["tiny is paused by Anna", "tiny was not served for a while"]
    assert told(block=True)[0][1] == f"a leak\nTo go on: douka resume tiny --history {path}"
    assert "(2 cycles). It goes on now." in told(block=True)[1][1]

    died = pages.run(deployment, "tiny 0001")
    pages.move(died, Crashed(message="killed"))
    herald.look()
    pages.run(deployment, "tiny 0002", due=timedelta(minutes=-10))
    for _ in range(2):
        herald.look()
    eventually(lambda: len(webhook.messages) == 8, 90)
    herald.look()
    assert [title for title, _ in told(block=True)] == [title for title, _ in told(block=False)]
    assert [title for title, _ in told(block=False)][2:] == ["tiny: a cycle crashed", "tiny: a cycle did not begin"]
    assert {body.splitlines()[0] for title, body in told(block=False) + told(block=True) if "crashed" in title} == {
        "tiny 0001: killed"
    }
    kept = "".join(file.read_text() for file in (path / "notices").iterdir())
    assert "s3cret" not in kept

    text = (folder / "campaign.toml").read_text()
    (folder / "campaign.toml").write_text(text.replace('"custom-webhook/lab", ', ""))
    herald.look()
    assert list(standing(pages.client, deployment_name(campaign, path))) == [WITHOUT_HEARTBEATS], "its file has changed"


def _core(automation: Any, **changed: Any) -> Any:
    from prefect.events.schemas.automations import AutomationCore

    return AutomationCore(**{**automation.model_dump(exclude={"id", "owner_resource"}), **changed})


def test_the_server_acts_by_itself(pages: Pages, webhook: Receiver, eventually: Eventually) -> None:
    """Although events are not written down: see the settings of the server."""
    ours, foreign = pages.deployment("watched"), pages.deployment("somebody else's")
    block = pages.client.read_block_document_by_name("lab", "custom-webhook").id
    reconcile(pages.client, "watched", wanted(Watched(Subject("tiny", "tiny"), ours, "watched"), [block], PATIENCE))
    dead, done, other = pages.run(ours, "tiny 0007"), pages.run(ours, "tiny 0006"), pages.run(foreign, "other 0001")
    for run in (done, dead, other):
        pages.move(run, Running())
        pages.beat(run, foreign if run == other else ours)
        if run == done:  # at once: the others are silent from here on, it would be with them
            pages.move(done, Completed(name="Waiting"))
    late = pages.run(ours, "tiny 0008", due=timedelta(minutes=-10))
    eventually(lambda: pages.name_of_state(dead) == "Crashed", 90)
    eventually(lambda: len(webhook.messages) == 2, 60)
    assert pages.client.read_flow_run(dead).state.message == "no sign of life for 10s"
    pages.move(other, Crashed())
    again = pages.run(ours, "tiny 0009")
    pages.move(again, Crashed())
    told = {message["title"]: message["body"] for message in webhook.messages}
    assert told["tiny: a cycle crashed"].startswith("tiny 0007: no sign of life for 10s\nNothing is lost: ")
    due = pages.client.read_flow_run(late).expected_start_time
    assert told["tiny: a cycle did not begin"].startswith(f"Due at {due:%Y-%m-%d %H:%M} UTC, not begun 5m later: ")
    assert pages.name_of_state(done) == "Waiting", "its end was a sign of life"
    assert len(webhook.messages) == 2, "of others nothing, of the same once an hour"
