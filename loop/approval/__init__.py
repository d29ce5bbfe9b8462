"""Requests that wait for a person: which do, what is decided, what becomes of them."""

from loop.approval.approvals import Approvals
from loop.approval.deciding import decide
from loop.approval.decisions import Decisions, Filed
from loop.approval.reminding import Reminder, due_reminders, reminders
from loop.approval.waiting import Waiting, awaiting

__all__ = ["Approvals", "Decisions", "Filed", "Reminder", "Waiting", "awaiting", "decide", "due_reminders", "reminders"]
