"""A letter reaches a mailbox: real SMTP on loopback, with a login, its lines and brackets as they were written."""

from __future__ import annotations

import base64
import email
import email.policy
import logging
import socketserver
import threading
from collections.abc import Iterator
from email.message import EmailMessage

import pytest

from flows.errors import NotificationError
from flows.notifying.recipients import send

# Apprise looks for a module that Python 3.13 has no more.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")

TEXT = "a leak in μB of Fe <b> & Co\nTo go on: douka resume tiny"


class Mailbox(socketserver.ThreadingTCPServer):
    """Takes letters from whoever logs in."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Postman)
        self.letters: list[EmailMessage] = []
        self.logins: list[bytes] = []


class Postman(socketserver.StreamRequestHandler):
    """Speaks as much SMTP as a client needs."""

    server: Mailbox

    def handle(self) -> None:
        """Take what one client sends."""
        self._say("220 loopback")
        while line := self.rfile.readline().decode().strip():
            verb, _, rest = line.partition(" ")
            if verb.upper() == "QUIT":
                break
            self._answer(verb.upper(), rest)
        self._say("221 bye")

    def _answer(self, verb: str, rest: str) -> None:
        if verb == "EHLO":
            self._say("250-loopback\r\n250 AUTH PLAIN")
        elif verb == "AUTH":
            self.server.logins.append(base64.b64decode(rest.partition(" ")[2]))
            self._say("235 welcome")
        elif verb == "DATA":
            self._say("354 go on")
            lines = iter(self.rfile.readline, b".\r\n")
            letter = email.message_from_bytes(b"".join(lines), policy=email.policy.default)
            assert isinstance(letter, EmailMessage)
            self.server.letters.append(letter)
            self._say("250 taken")
        else:
            self._say("250 fine")

    def _say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    """One that listens."""
    with Mailbox() as box:
        thread = threading.Thread(target=box.serve_forever, args=(0.05,))
        thread.start()
        yield box
        box.shutdown()
        thread.join()


def test_a_letter_says_what_was_written(mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    place = f"127.0.0.1:{mailbox.server_address[1]}"
    query = "from=douka@example.org&to=anna@example.org"
    monkeypatch.setenv("DOUKA_TEST_MAIL", f"mailto://douka:s3cret@{place}?{query}")
    send("env:DOUKA_TEST_MAIL", "tiny is paused by Anna", TEXT)
    (letter,) = mailbox.letters
    assert (letter["To"], letter["Subject"]) == ("anna@example.org", "tiny is paused by Anna")
    assert "douka@example.org" in letter["From"]
    plain = letter.get_body(("plain",))
    assert plain is not None
    assert plain.get_content().replace("\r\n", "\n").rstrip() == TEXT
    page = letter.get_body(("html",))
    assert page is None or "&lt;b&gt;" in page.get_content(), "a page shows the brackets too"
    assert mailbox.logins == [b"\0douka\0s3cret"]


@pytest.mark.parametrize("url", ["mailto://douka:s3cret@127.0.0.1:1?to=a@example.org", "nothing://s3cret"])
def test_an_address_that_does_not_answer_stays_a_secret(
    url: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DOUKA_TEST_MAIL", url)
    with caplog.at_level(logging.DEBUG), pytest.raises(NotificationError, match="env:DOUKA_TEST_MAIL") as caught:
        send("env:DOUKA_TEST_MAIL", "a title", "a text")
    assert "s3cret" not in "".join([str(caught.value), caplog.text, *capfd.readouterr()])
