"""Which address of this machine a server listens on, and who can reach it there."""

from __future__ import annotations

import socket
from ipaddress import AddressValueError, IPv4Address

from flows.errors import AddressError

LOOPBACK = "127.0.0.1"


def parse_host(text: str) -> str:
    """Read an address to listen on.

    Parameters
    ----------
    text
        An IPv4 address of this machine, ``0.0.0.0`` for all of them, or ``localhost``.

    Raises
    ------
    AddressError
        Where it is none, or this machine does not have it.
    """
    try:
        host = IPv4Address(LOOPBACK if text == "localhost" else text)
    except AddressValueError as error:
        raise AddressError(
            f"--host {text}: expected an IPv4 address of this machine, or 0.0.0.0 for all of them"
        ) from error
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        try:
            probe.bind((str(host), 0))
        except OSError as error:
            raise AddressError(f"--host {text}: this machine has no such address ({error.strerror})") from error
    return str(host)


def is_loopback(host: str) -> bool:
    """Whether only programs of this machine can reach it."""
    return IPv4Address(host).is_loopback


def reached_at(host: str) -> str:
    """Address at which programs of this machine reach what listens there."""
    return LOOPBACK if IPv4Address(host).is_unspecified else host
