"""What the model predicts: along a variable, and over two."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

from flows.page.figures.along import along
from flows.page.figures.over import over
from flows.page.sections.plot import plot
from flows.page.seen import Seen
from loop.campaign import Campaign
from loop.figures.data import Band, Moment, Plane, band, leading, plane
from loop.figures.page.markup import label, paragraph

SOUGHT = ""
"""The target's name of what is sought."""


@dataclass(frozen=True)
class View:
    """What a person chose to look at.

    Parameters
    ----------
    target
        Name, or :data:`SOUGHT`.
    along
        The variable of the curve.
    over
        The variables of the map; None where there is one alone, or the same was chosen twice.
    at
        Values of held variables; those of the best point where none are given.
    """

    target: str
    along: str
    over: tuple[str, str] | None
    at: Mapping[str, float | str]

    @classmethod
    def of(cls, moment: Moment, asked: Mapping[str, str]) -> View:
        """Read it from the words of a query; what is not chosen, or no name of the campaign's, is what matters most.

        Parameters
        ----------
        moment
            Whose variables.
        asked
            ``target``, ``along``, ``x``, ``y``, and ``at.NAME``.
        """
        campaign, order = moment.campaign, leading(moment)
        target = asked.get("target", SOUGHT)
        first = _chosen(asked, "x", order, order[0])
        second = _chosen(asked, "y", order, next((name for name in order if name != first), first))
        held = {
            each.name: text if each.values else _number(text)
            for each in campaign.space.variables
            if (text := asked.get(f"at.{each.name}", "").strip())
        }
        return cls(
            target if target in campaign.targets else SOUGHT,
            _chosen(asked, "along", order, order[0]),
            (first, second) if first != second else None,
            {name: value for name, value in held.items() if value is not None},
        )


def predictions_part(seen: Seen, view: View) -> str:
    """Fit the model of the cycle, where that is not done yet, and draw it."""
    target = view.target or None
    curve = band(seen.moment, view.along, view.at, target)
    if curve is None:
        return paragraph(f"There is no model after this cycle: {seen.moment.problem or 'nothing can be predicted'}.")
    drawn = plot("along", along(curve), f"{_target(curve)} along {view.along}, {_held(seen, curve)}{_elsewhere(curve)}")
    found = plane(seen.moment, view.over, view.at, target) if view.over else None
    return drawn + (_maps(seen, found) if found is not None else "")


def _maps(seen: Seen, found: Plane) -> str:
    shares = " and ".join(found.variables) if found.corners is None else ", ".join(found.corners.names)
    words = f"{_target(found)} over {shares}, {_held(seen, found)}{_elsewhere(found)}"
    pair = plot("mean", over(found, "mean"), words) + plot(
        "deviation", over(found, "deviation"), "How uncertain that is: one standard deviation of the prediction."
    )
    return f'<div class="two">{pair}</div>'


def _target(found: Band | Plane) -> str:
    return f"Predicted {found.target} (noise-free)"


def _held(seen: Seen, found: Band | Plane) -> str:
    varied = (found.variable,) if isinstance(found, Band) else found.variables
    variables = seen.campaign.space.variables
    held = [
        f"{each.name} = {value if isinstance(value, str) else format(value, '.4g')}"
        for each in variables
        if each.name not in varied and (value := found.at[each.name]) is not None
    ]
    return f"with {', '.join(held)} held." if held else "nothing else varies."


def _elsewhere(found: Band | Plane) -> str:
    many = found.nearby.elsewhere
    return f" {many} more values lie elsewhere." if many else ""


def controls(campaign: Campaign) -> str:
    """What a person can choose: the target, the variables, the values of the others."""
    names = campaign.space.names
    fields = [
        f'<label>Quantity <select name="target">{_options(campaign.targets, "what is sought")}</select></label>',
        f'<label>Curve along <select name="along">{_options(names)}</select></label>',
    ]
    if len(names) > 1:
        fields += [
            f'<label>Map over <select name="x">{_options(names)}</select></label>',
            f'<label>and <select name="y">{_options(names)}</select></label>',
        ]
    held = "".join(_held_field(campaign, name) for name in names)
    others = f"<fieldset><legend>Others held at (empty: where the model predicts the best)</legend>{held}</fieldset>"
    return f'<form id="view" class="view">{"".join(fields)}{others if len(names) > 1 else ""}</form>'


def _options(names: tuple[str, ...], first: str = "what matters most") -> str:
    named = "".join(f'<option value="{escape(name)}">{escape(name)}</option>' for name in names)
    return f'<option value="">{escape(first)}</option>{named}'


def _held_field(campaign: Campaign, name: str) -> str:
    variable = campaign.space.variables[campaign.space.names.index(name)]
    if variable.values:
        field = f'<select name="at.{escape(name)}">{_options(variable.values, "best")}</select>'
    else:
        bounds = f'min="{variable.low:g}" max="{variable.high:g}"'
        field = f'<input type="number" step="any" {bounds} name="at.{escape(name)}" inputmode="decimal">'
    return f"<label>{label(name)} {field}</label>"


def _chosen(asked: Mapping[str, str], key: str, names: tuple[str, ...], otherwise: str) -> str:
    name = asked.get(key, "")
    return name if name in names else otherwise


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
