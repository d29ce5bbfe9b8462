"""Sending a message to a recipient of ``[notify]``, by the notification blocks of Prefect."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from apprise import Apprise, AppriseAsset, NotifyFormat
from prefect.blocks.abstract import NotificationBlock
from prefect.blocks.core import Block
from prefect.blocks.notifications import AbstractAppriseNotificationBlock, CustomWebhookNotificationBlock
from pydantic import SecretStr

from flows.errors import NotificationError
from loop.notify_table import VARIABLE


class UrlNotification(AbstractAppriseNotificationBlock):
    """Any service that apprise knows, by its URL, such as ``mailto://user:password@host``."""

    _block_type_name = "douka URL"

    url: SecretStr

    def block_initialization(self) -> None:
        """Make what sends: of plain text, where apprise would take it for HTML and lose its lines and brackets."""
        asset = AppriseAsset(app_id="douka", app_desc="douka", body_format=NotifyFormat.TEXT)
        self._apprise_client = Apprise(asset=asset)
        with _kept_to_ourselves():
            if not self._apprise_client.add(self.url.get_secret_value()):
                raise ValueError


def send(recipient: str, title: str, text: str) -> None:
    """Send a message.

    Parameters
    ----------
    recipient
        ``type/name`` of a block, or ``env:NAME``.
    title, text
        Plain text.

    Raises
    ------
    NotificationError
        Saying what went wrong and what to do, without the address, which is a secret.
    """
    block = _block(recipient)
    try:
        with _kept_to_ourselves(), block.raise_on_failure():
            block.notify(text, title)  # type: ignore[unused-coroutine]  # synchronous where no loop runs
    except Exception as error:
        raise NotificationError(f"{recipient}: the message was not taken ({_words(error)})") from None


def _block(recipient: str) -> NotificationBlock:
    match = VARIABLE.fullmatch(recipient)
    if match:
        return _of_url(match[1])
    try:
        block = Block.load(recipient)
    except ValueError as error:
        raise NotificationError(
            f"{recipient}: Prefect has no such block; make it on its page 'Blocks', or in Python"
        ) from error
    except Exception as error:  # the server is away, or answers with an error; the others are told all the same
        raise NotificationError(
            f"{recipient}: the block could not be fetched from Prefect's server ({_words(error)})"
        ) from error
    if not isinstance(block, NotificationBlock):
        raise NotificationError(f"{recipient}: is a {type(block).__name__}, expected a block that notifies")
    return block


def _of_url(variable: str) -> NotificationBlock:
    url = os.environ.get(variable, "").strip()
    if not url:
        raise NotificationError(f"env:{variable}: the environment variable {variable} is not set where douka runs")
    if url.startswith(("http://", "https://")):
        # "text" is what Slack, Mattermost and their like read; "title" and "body" are for everybody else.
        said: Mapping[str, Any] = {"text": "{{subject}}\n{{body}}", "title": "{{subject}}", "body": "{{body}}"}
        return CustomWebhookNotificationBlock(name="douka", url=url, json_data=dict(said))
    try:
        return UrlNotification(url=SecretStr(url))
    except Exception:
        raise NotificationError(f"env:{variable}: is no URL that Prefect's notifications understand") from None


@contextmanager
def _kept_to_ourselves() -> Iterator[None]:
    """Apprise's log quotes addresses, which are secrets."""
    logger = logging.getLogger("apprise")
    before, logger.propagate = logger.propagate, False
    try:
        yield
    finally:
        logger.propagate = before


def _words(error: Exception) -> str:
    """An error without its words, which quote the address; the status of an answer is none."""
    status = getattr(getattr(error, "response", None), "status_code", None)
    return f"it answered {status}" if status else type(error).__name__
