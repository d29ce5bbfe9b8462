"""The nouns of a campaign, one a file: what was asked, what came back, what was made of it."""

from loop.records.cycle_record import CycleRecord, StatusChange
from loop.records.decision import Decision, Ruling
from loop.records.observation import Observation
from loop.records.provenance import Provenance, content_key
from loop.records.quarantined import Quarantined
from loop.records.request import Reason, Request, Source, Status
from loop.records.result import Failure, Result
from loop.records.sample import Sample, sample_id

__all__ = [
    "CycleRecord",
    "Decision",
    "Failure",
    "Observation",
    "Provenance",
    "Quarantined",
    "Reason",
    "Request",
    "Result",
    "Ruling",
    "Sample",
    "Source",
    "Status",
    "StatusChange",
    "content_key",
    "sample_id",
]
