"""Asking again: an adapter that does not answer for a reason that passes costs no request."""

from loop.retry.passing import passes
from loop.retry.refusals import Refusals
from loop.retry.retries import Retries
from loop.retry.trouble import Act, Trouble
from loop.retry.troubles import Troubles

__all__ = ["Act", "Refusals", "Retries", "Trouble", "Troubles", "passes"]
