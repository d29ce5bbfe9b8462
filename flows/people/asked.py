"""One question to a person as one flow run: suspended until the form is filled in, then handed to the core."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from prefect import flow, runtime
from prefect.client.schemas.objects import State as RunState
from prefect.flow_runs import suspend_flow_run
from prefect.input import RunInput
from prefect.states import Cancelled, Completed
from pydantic import ValidationError

from flows.naming import prefect_name
from flows.people.forms import columns_of, decision_of, form_of
from flows.people.question import Kind, Question, questions_of
from flows.people.taking import take_value
from loop.approval import decide
from loop.campaign import Campaign
from loop.errors import DoukaError
from loop.history import History
from loop.revising import campaign_at
from loop.snapshot import folded

REFUSED = "Refused"
KEY = "answer"
"""A run asks once; Prefect takes letters, digits and dashes."""


def run_name() -> str:
    """What is asked of whom, as in ``two-fourteen-one: approval-000007-furnace-0``."""
    parameters: dict[str, Any] = runtime.flow_run.parameters
    return prefect_name(f"{Path(parameters['campaign']).name}: {parameters['question']}")


@flow(
    name="question", flow_run_name=run_name, retries=0, persist_result=True, result_serializer="json", log_prints=False
)
def ask_person(campaign: str, history: str, question: str, told: str = "") -> RunState[Any]:
    """Ask a person, and hand the answer to the core, which checks it.

    Parameters
    ----------
    campaign
        Folder of the campaign.
    history
        Folder of its history.
    question
        Its key; one that is not asked any more ends the run.
    told
        Why an answer before this one was not taken.
    """
    place = Path(history)
    with History.open(place) as kept:
        state = folded(kept)
        known = campaign_at(kept, state.next_cycle)
        asked = {each.key: each for each in questions_of(known, kept, state)}
    if question not in asked:
        return Cancelled(message=f"{question}: is answered, or not asked any more")
    one = asked[question]
    try:
        answer = suspend_flow_run(wait_for_input=form_of(known, one, told), timeout=one.seconds, key=KEY)
        # A worksheet's folder is relative to the campaign's as it lies now.
        return Completed(message=_taken(Campaign.load(Path(campaign)), place, one, answer))
    except (DoukaError, ValidationError) as error:
        return Completed(name=REFUSED, message=" ".join(str(error).split()))


def _taken(campaign: Campaign, history: Path, question: Question, answer: RunInput) -> str:
    """Hand an answer to the core; what became of it."""
    request = question.request
    if question.kind is Kind.APPROVAL:
        filed = decide(history, decision_of(campaign, question, answer))
        return f"{request.id} ({request.label}): {filed}; the next cycle takes that in"
    return f"{take_value(campaign, history, request, columns_of(answer))}; the next cycle takes that in"
