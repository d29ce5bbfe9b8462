"""Adapters are found by entry points: listed without importing, loaded when a campaign names them.

A distribution registers a factory (see :class:`~loop.protocols.AdapterFactory`) in its ``pyproject.toml``::

    [project.entry-points."douka.instruments"]
    my-magnetometer = "my_package.magnetometer:Magnetometer"
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points

from loop.errors import DoukaError, PluginError
from loop.protocols import API_VERSION, AdapterFactory, Simulator, SlotContext
from loop.records import Source

GROUPS = {Source.CALCULATION: "douka.simulators", Source.EXPERIMENT: "douka.instruments"}
"""Entry-point group of each kind of adapter."""


@dataclass(frozen=True)
class Plugin:
    """An installed adapter, not yet imported.

    Parameters
    ----------
    name
        What campaign files call it.
    distribution, version
        The installed package that provides it.
    entry_point
        How to load it.
    """

    name: str
    distribution: str
    version: str
    entry_point: EntryPoint

    def load(self) -> AdapterFactory:
        """Import the factory.

        Raises
        ------
        PluginError
            Where the import fails, or the factory was written for another version of the interface.
        """
        where = f"adapter {self.name!r} of {self.distribution} {self.version} ({self.entry_point.value})"
        try:
            factory: AdapterFactory = self.entry_point.load()
        except Exception as error:
            raise PluginError(f"{where} cannot be imported: {error!r}") from error
        found = getattr(factory, "API_VERSION", None)
        if found != API_VERSION:
            raise PluginError(f"{where} was written for interface version {found}, this douka has {API_VERSION}")
        return factory

    def make(self, context: SlotContext) -> Simulator:
        """Make the adapter of one slot.

        Raises
        ------
        PluginError
            Where the factory fails for a reason of its own or makes something else than an adapter.
        DoukaError
            Where the options are unusable, as the adapter says it.
        """
        factory = self.load()
        try:
            adapter = factory(context)
        except DoukaError:
            raise
        except Exception as error:
            raise PluginError(f"slot {context.slot!r}: adapter {self.name!r} failed to start: {error!r}") from error
        if not isinstance(adapter, Simulator):
            raise PluginError(f"slot {context.slot!r}: adapter {self.name!r} lacks submit, poll, collect or cancel")
        return adapter


def installed(source: Source) -> dict[str, list[Plugin]]:
    """List the installed adapters of a kind by name, without importing any."""
    found: dict[str, list[Plugin]] = {}
    for point in entry_points(group=GROUPS[source]):
        distribution = point.dist
        plugin = Plugin(
            point.name,
            distribution.name if distribution else "unknown",
            distribution.version if distribution else "unknown",
            point,
        )
        found.setdefault(point.name, []).append(plugin)
    return dict(sorted(found.items()))


def plugin_named(source: Source, name: str) -> Plugin:
    """Find one adapter.

    Raises
    ------
    PluginError
        Where none is installed under the name, or two distributions claim it.
    """
    found = installed(source)
    plugins = found.get(name, [])
    if len(plugins) > 1:
        owners = ", ".join(f"{plugin.distribution} {plugin.version}" for plugin in plugins)
        raise PluginError(f"two distributions register the {source.value} adapter {name!r}: {owners}; remove one")
    if not plugins:
        raise PluginError(f"there is no {source.value} adapter {name!r}; installed are {', '.join(found) or 'none'}")
    return plugins[0]
