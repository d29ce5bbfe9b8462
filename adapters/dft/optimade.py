"""Calculations of a database that speaks OPTIMADE (https://www.optimade.org).

The standard says what a structure is, not what was calculated of it: that stands in fields of the provider's own
(``_exmpl_magnetization``), which have to be named. What a provider does not say per entry is stated as a constant.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from adapters.dft.calculation import Calculation
from adapters.dft.calculation_row import CalculationRow, parsed
from adapters.dft.plausible import plausible
from adapters.dft.rejected import RejectedCalculation
from loop.errors import AdapterError, DataError, TransientError

if TYPE_CHECKING:
    import httpx

_STANDARD = ("lattice_vectors", "species", "species_at_sites")
_REMEDY = "Name the provider's fields, state constants for what it does not say, or leave the entry out by the filter."
_TIMEOUT = 60.0
_LATER = (408, 425, 429)


@dataclass(frozen=True)
class Query:
    """What is asked of a provider.

    Parameters
    ----------
    url
        Base URL of the provider, with or without its version: ``https://example.org/optimade/v1``.
    filter
        In the OPTIMADE grammar: ``elements HAS ALL "Fe","Co"``; empty for everything.
    fields
        Our field (of :class:`~adapters.dft.calculation_row.CalculationRow`) → the provider's field.
    constants
        Our field → value, the same for all entries: ``moment_unit``, ``functional``, ``converged``, …
    page_limit
        Entries a page.
    """

    url: str
    filter: str
    fields: dict[str, str]
    constants: dict[str, Any]
    page_limit: int = 100

    def __post_init__(self) -> None:
        """Refuse fields that there are not, or that are said twice.

        Raises
        ------
        DataError
            Naming the field.
        """
        known = set(CalculationRow.model_fields) - {"formula", "volume", "volume_unit"}
        for name in (*self.fields, *self.constants):
            if name not in known:
                raise DataError(f"{name!r} is no field; expected some of {', '.join(sorted(known))}")
            if name in self.fields and name in self.constants:
                raise DataError(f"{name!r} is a field and a constant: expected one of them")


def read_optimade(query: Query) -> list[Calculation | RejectedCalculation]:
    """Fetch every entry that matches.

    Returns
    -------
    list
        A calculation or a refusal for each entry, in the provider's order.

    Raises
    ------
    TransientError
        The provider cannot be reached, is out of order or busy, or sent fewer entries than it announced.
    AdapterError
        The provider refuses what it is asked.
    """
    return [_outcome(query, entry) for entry in _entries(query)]


def _entries(query: Query) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    announced: int | None = None
    for page in _pages(query):
        found += page["data"]
        announced = page.get("meta", {}).get("data_returned", announced)
    if announced is not None and len(found) != announced:
        raise TransientError(f"{query.url}: sent {len(found)} entries, announced {announced}; ask again")
    return found


def _pages(query: Query) -> Iterator[dict[str, Any]]:
    import httpx

    fields = ",".join([*_STANDARD, *query.fields.values()])
    asked = {"response_fields": fields, "page_limit": str(query.page_limit)}
    asked |= {"filter": query.filter} if query.filter else {}
    base = query.url.rstrip("/")
    url: str | None = f"{base if base.endswith('/v1') else base + '/v1'}/structures"
    try:
        with httpx.Client(timeout=_TIMEOUT, follow_redirects=True) as client:
            while url:
                answer = client.get(url, params=asked or None)
                if answer.is_server_error or answer.status_code in _LATER:
                    raise TransientError(f"{query.url}: answered {answer.status_code}: {answer.reason_phrase}")
                page = _content(answer, query)
                if answer.is_error or not isinstance(page.get("data"), list):
                    raise AdapterError(f"{query.url}: answered {answer.status_code}: {_problem(page)}")
                yield page
                following = (page.get("links") or {}).get("next")
                url = following.get("href") if isinstance(following, dict) else following
                asked = {}  # the link holds them
    except (httpx.UnsupportedProtocol, httpx.InvalidURL) as error:
        raise AdapterError(f"{query.url}: cannot be asked ({type(error).__name__}: {error})") from error
    except (httpx.HTTPError, ValueError) as error:  # the network, or a gateway's page instead of an answer
        raise TransientError(f"{query.url}: cannot be asked ({type(error).__name__}: {error})") from error


def _content(answer: httpx.Response, query: Query) -> dict[str, Any]:
    try:
        page = answer.json()
    except ValueError:
        if not answer.is_client_error:
            raise
        # A page for people: an address that is mistyped, say, which waiting does not mend.
        raise AdapterError(f"{query.url}: answered {answer.status_code}: {answer.reason_phrase}") from None
    return page if isinstance(page, dict) else {}


def _problem(page: dict[str, Any]) -> str:
    errors = page.get("errors") or [{}]
    return str(errors[0].get("detail") or errors[0].get("title") or "no list of entries")


def _outcome(query: Query, entry: dict[str, Any]) -> Calculation | RejectedCalculation:
    where = f"{query.url}#{entry.get('id')}"
    try:
        attributes = entry["attributes"]
        values = {name: attributes.get(theirs) for name, theirs in query.fields.items()}
        row = {name: value for name, value in values.items() if value is not None} | query.constants | _cell(attributes)
        digest = hashlib.sha256(json.dumps(entry, sort_keys=True).encode()).hexdigest()
        found = replace(parsed(row).calculation(where, f"entry {entry['id']}"), files={str(entry["id"]): digest})
        return plausible(found.upright())
    except RejectedCalculation as refusal:
        return refusal
    except DataError as error:
        return RejectedCalculation(where, str(error), _REMEDY)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        return RejectedCalculation(where, f"no usable structure ({type(error).__name__}: {error})", _REMEDY)


def _cell(attributes: dict[str, Any]) -> dict[str, Any]:
    """Return formula and volume; sites that several elements share count by their concentrations."""
    species = {one["name"]: one for one in attributes["species"]}
    amounts: dict[str, float] = {}
    for name in attributes["species_at_sites"]:
        for symbol, share in zip(species[name]["chemical_symbols"], species[name]["concentration"], strict=True):
            if symbol == "X":
                raise ValueError("a site of unknown element")
            if symbol != "vacancy":
                amounts[symbol] = amounts.get(symbol, 0.0) + float(share)
    volume = abs(float(np.linalg.det(np.array(attributes["lattice_vectors"], dtype=float))))
    return {"formula": "".join(f"{s}{n:.10g}" for s, n in amounts.items()), "volume": volume, "volume_unit": "A3"}
