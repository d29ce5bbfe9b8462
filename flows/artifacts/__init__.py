"""What Prefect's pages show of a cycle: a report, requests, budget, links. For people only; nothing depends on it."""

from flows.artifacts.showing import Showing

__all__ = ["Showing"]
