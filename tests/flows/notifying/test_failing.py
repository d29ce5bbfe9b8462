"""What fails before a session opens is told too: each distinct error once, and no secret."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, Protocol

import pytest

from flows.campaign_flow import run_campaign
from flows.cli.serve import serve_command
from flows.notifying.failing import HELD_SECONDS, tell_failure
from flows.notifying.messenger import Messenger
from flows.notifying.notice import Notice
from flows.notifying.outbox import Outbox
from flows.served import campaign_cycle
from loop.campaign import Campaign
from loop.errors import AdapterError, CampaignError, DoukaError, HistoryError, HistoryLockedError
from loop.history.lock import WriterLock
from loop.notify_table import Occasion
from loop.session import Session

MakeCampaign = Callable[..., Path]
NOTIFY = ("[stop]", '[notify]\nto = ["env:DOUKA_TEST_WEBHOOK", "slack-webhook/lab"]\n\n[stop]')


class Receiver(Protocol):
    messages: list[dict[str, Any]]
    refuses: bool
    url: str


def _bodies(webhook: Receiver) -> list[str]:
    return [message["body"].splitlines()[0] for message in webhook.messages]


def _tell(folder: Path, history: Path, error: Exception | None = None) -> None:
    """As a cycle that is served does, whose blocks no server of this test keeps."""
    if error is None:
        with pytest.raises(DoukaError) as caught, Session(Campaign.load(folder), history):
            pass
        error = caught.value
    tell_failure(folder, history, error, has_server=False)


def _spoil(folder: Path, old: str, new: str) -> None:
    file = folder / "campaign.toml"
    assert old in file.read_text()
    file.write_text(file.read_text().replace(old, new))


def test_each_distinct_error_is_told_once(make_campaign: MakeCampaign, tmp_path: Path, webhook: Receiver) -> None:
    folder, path = make_campaign(NOTIFY), tmp_path / "h"
    with Session(Campaign.load(folder), path) as session:
        session.step()
    _spoil(folder, "start = 2", "start = 'two'")
    for _ in range(3):
        _tell(folder, path)
    assert [message["title"] for message in webhook.messages] == ["tiny: cycle 1 failed"]
    assert "start = 'two'" in _bodies(webhook)[0]
    assert "douka run tiny" in webhook.messages[0]["body"], "what a person does next"
    _spoil(folder, "start = 'two'", "start = 2")
    _spoil(folder, "measurements.csv", "lost.csv")
    _tell(folder, path)
    assert len(webhook.messages) == 2
    assert "lost.csv" in _bodies(webhook)[1]
    _spoil(folder, "lost.csv", "measurements.csv")
    with Session(Campaign.load(folder), path) as session:
        session.step()
    _spoil(folder, "measurements.csv", "lost.csv")
    _tell(folder, path)
    assert [message["title"] for message in webhook.messages][-1] == "tiny: cycle 2 failed", "mended, and broken again"


def test_a_file_that_says_nothing_any_more_is_told_to_whom_it_named(
    make_campaign: MakeCampaign, tmp_path: Path, webhook: Receiver
) -> None:
    folder, path = make_campaign(NOTIFY), tmp_path / "h"
    with Session(Campaign.load(folder), path) as session:
        session.step()
    for text in ("title = [", '[notify]\nto = "nobody knows"'):
        (folder / "campaign.toml").write_text(text)
        _tell(folder, path)
    (folder / "campaign.toml").unlink()
    _tell(folder, path)
    assert len(webhook.messages) == 3
    assert "not valid TOML" in _bodies(webhook)[0]
    assert "cannot be read" in _bodies(webhook)[2]
    (folder / "campaign.toml").write_text("[notify]\nto = []\n")
    _tell(folder, path)
    assert len(webhook.messages) == 3, "it says: nobody"


def test_a_damaged_history_is_told(make_campaign: MakeCampaign, tmp_path: Path, webhook: Receiver) -> None:
    folder, path = make_campaign(NOTIFY), tmp_path / "h"
    with Session(Campaign.load(folder), path) as session:
        session.step()
    (path / "cycles" / "0000" / "cycle_000000.h5").write_bytes(b"nothing")
    for _ in range(2):
        _tell(folder, path)
    assert len(webhook.messages) == 1
    assert "cycle_000000.h5" in _bodies(webhook)[0]


def test_another_process_that_writes_is_told_where_that_lasts(
    make_campaign: MakeCampaign, tmp_path: Path, webhook: Receiver
) -> None:
    folder, path = make_campaign(NOTIFY), tmp_path / "h"
    Session(Campaign.load(folder), path).__exit__(None, None, None)
    lock = WriterLock(path)
    with pytest.raises(HistoryLockedError) as caught:
        WriterLock(path)
    lock.release()
    assert caught.value.holder.startswith("process ")
    assert 0 <= caught.value.seconds < HELD_SECONDS
    _tell(folder, path, caught.value)
    assert webhook.messages == [], "they take turns"
    for hours in (2, 3):
        _tell(folder, path, HistoryLockedError(f"is being written for {hours} hours", "process 7 on lab", hours * 3600))
    assert [message["title"] for message in webhook.messages] == ["tiny: scheduled cycles are skipped"]


def test_no_secret_is_told_or_kept(
    make_campaign: MakeCampaign, tmp_path: Path, webhook: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOUKA_TEST_PASSWORD", "hunter22")
    folder, path = make_campaign(NOTIFY), tmp_path / "h"
    _spoil(folder, 'options = { table = "calculations.csv" }', 'options = { key = { env = "DOUKA_TEST_PASSWORD" } }')
    said = f"no answer of hunter22, {webhook.url}, sftp://anna:pw@cluster/x, https://hooks.slack.com/services/T0/B0/XX"
    _tell(folder, path, AdapterError(said))
    _tell(folder, path, ValueError(said))
    kept = "".join(file.read_text() for file in (path / "notices").iterdir())
    told = str(webhook.messages)
    assert len(webhook.messages) == 2
    for secret in ("hunter22", "s3cret", "anna:pw", "T0/B0"):
        assert secret not in kept + told
    assert told.count("no answer of (a secret), (a secret), (a secret) https://(a secret)") == 4, (
        "title and body, and both in one"
    )
    assert "an error of douka itself or of a plug-in: ValueError" in told


def test_a_scheduled_cycle_tells(make_campaign: MakeCampaign, tmp_path: Path, webhook: Receiver) -> None:
    folder, path = make_campaign(("[stop]", '[notify]\nto = ["env:DOUKA_TEST_WEBHOOK"]\n\n[stop]')), tmp_path / "h"
    _spoil(folder, "measurements.csv", "lost.csv")
    for _ in range(2):
        state = campaign_cycle.fn(str(folder), str(path))
        assert state.is_failed()
        assert "lost.csv" in (state.message or "")
    assert [message["title"] for message in webhook.messages] == ["tiny: cycle 0 failed"]


def test_a_run_that_cannot_begin_tells_without_a_server(
    make_campaign: MakeCampaign, tmp_path: Path, webhook: Receiver
) -> None:
    folder, path = make_campaign(NOTIFY), tmp_path / "h"
    _spoil(folder, "measurements.csv", "lost.csv")
    with pytest.raises(CampaignError):
        Campaign.load(folder / "nowhere")
    with pytest.raises(DoukaError, match=r"lost\.csv"):
        run_campaign(Campaign.load(folder), path, prefect_home=tmp_path / "home")
    assert len(webhook.messages) == 1
    assert not (tmp_path / "home").exists(), "no server was started for it"


def test_a_service_that_cannot_begin_tells(make_campaign: MakeCampaign, webhook: Receiver) -> None:
    """After a power failure, say: nobody is at the command line, and the share is not mounted yet."""
    folder = make_campaign(NOTIFY, ('table = "measurements.csv"', 'table = "share/measurements.csv"'))
    for _ in range(2):
        with pytest.raises(DoukaError, match="share"):
            serve_command(str(folder), timedelta(minutes=30), None, "127.0.0.1", "30d")
    (message,) = webhook.messages
    assert message["title"] == "tiny: cycle 0 failed"


def test_an_error_whose_words_change_is_one_event(
    make_campaign: MakeCampaign, tmp_path: Path, webhook: Receiver
) -> None:
    folder, path = make_campaign(NOTIFY), tmp_path / "h"
    with Session(Campaign.load(folder), path) as session:
        session.step()
    for number in (0x7F10, 0x7F22):
        _tell(folder, path, AdapterError(f"<Connection object at {number:#x}>: refused after {number} ms"))
    assert len(webhook.messages) == 1


def test_a_disk_that_takes_nothing_is_told(make_campaign: MakeCampaign, tmp_path: Path, webhook: Receiver) -> None:
    folder, path = make_campaign(NOTIFY), tmp_path / "h"
    with Session(Campaign.load(folder), path) as session:
        session.step()
    (path / "notices").write_text("a file where a folder has to be: nothing can be kept there")
    _tell(folder, path, HistoryError("the disk is full"))
    assert "the disk is full" in _bodies(webhook)[0]


def test_of_very_many_notices_the_newest_are_told(
    make_campaign: MakeCampaign, tmp_path: Path, webhook: Receiver
) -> None:
    table, outbox = Campaign.load(make_campaign(NOTIFY)).table.notify, Outbox(tmp_path)
    for number in range(300):
        outbox.add(Notice(key=f"n{number:03d}", occasion=Occasion.FAILED, title=f"event {number}", text="words " * 20))
    Messenger(table, outbox, has_server=False).send()
    (message,) = webhook.messages
    assert message["title"] == "event 299 (and 299 more)"
    assert len(message["body"]) < 4000
    assert "event 298" in message["body"]
    assert "earlier ones" in message["body"]
    Messenger(table, outbox, has_server=False).send()
    assert len(webhook.messages) == 1, "what was only counted is told as well"
