"""The password of a server that others reach: drawn once, for its owner's eyes."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.binding import is_loopback, parse_host, reached_at
from flows.errors import AddressError, SchedulerError
from flows.password import FILE, password
from flows.settings import client_settings, server_settings


def test_it_is_drawn_once_and_nobody_else_can_read_it(tmp_path: Path) -> None:
    first = password(tmp_path / "a")
    assert password(tmp_path / "a") == first
    assert password(tmp_path / "b") != first
    user, _, word = first.partition(":")
    assert user == "douka"
    assert len(word) >= 32
    assert (tmp_path / "a" / FILE).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_one_that_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    password(tmp_path)
    (tmp_path / FILE).chmod(mode)
    with pytest.raises(SchedulerError, match="others can read this password"):
        password(tmp_path)


@pytest.mark.parametrize("text", ["", "douka", "douka:", ":word"])
def test_a_file_that_holds_none_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE).touch(mode=0o600)
    (tmp_path / FILE).write_text(text)
    with pytest.raises(SchedulerError, match="expected 'user:password'"):
        password(tmp_path)


def test_it_is_asked_for_off_loopback_only(tmp_path: Path) -> None:
    for host in ("127.0.0.1", "127.0.0.2"):
        told = server_settings(tmp_path, 1, pages=True, host=host) | client_settings(tmp_path, 1, quiet=True, host=host)
        assert not [name for name in told if "AUTH" in name]
    assert not (tmp_path / FILE).exists()
    server = server_settings(tmp_path, 1, pages=True, host="0.0.0.0")  # noqa: S104
    client = client_settings(tmp_path, 1, quiet=True, host="0.0.0.0")  # noqa: S104
    assert server["PREFECT_SERVER_API_AUTH_STRING"] == client["PREFECT_API_AUTH_STRING"] == password(tmp_path)
    assert client["PREFECT_API_URL"] == "http://127.0.0.1:1/api"
    assert server["PREFECT_UI_API_URL"] == "/api"


def test_addresses_to_listen_on() -> None:
    assert parse_host("localhost") == parse_host("127.0.0.1") == "127.0.0.1"
    assert parse_host("0.0.0.0") == "0.0.0.0"  # noqa: S104
    assert reached_at("0.0.0.0") == "127.0.0.1"  # noqa: S104
    assert reached_at("192.0.2.1") == "192.0.2.1"
    assert not is_loopback("0.0.0.0")  # noqa: S104


@pytest.mark.parametrize("text", ["", "lab", "::1", "127.0.0.1:4200", "127.1", "256.0.0.1"])
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(AddressError, match="expected an IPv4 address of this machine"):
        parse_host(text)


def test_an_address_of_another_machine_is_refused() -> None:
    with pytest.raises(AddressError, match="this machine has no such address"):
        parse_host("192.0.2.1")  # reserved for documentation
