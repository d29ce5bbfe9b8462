"""Codes as simulators: one adapter a code, whoever runs it."""

from __future__ import annotations

from pydantic import Field

from adapters.dft.inputs.akaikkr import AkaiKkr as AkaiKkrCode
from adapters.dft.inputs.elk import Elk as ElkCode
from adapters.dft.inputs.espresso import Espresso as EspressoCode
from adapters.dft.inputs.vasp import Vasp as VaspCode
from adapters.simulators.engine import Engine, EngineOptions


class ElkOptions(EngineOptions):
    """Options of a slot that Elk answers."""

    code: ElkCode = Field(default_factory=ElkCode)


class EspressoOptions(EngineOptions):
    """Options of a slot that Quantum ESPRESSO answers."""

    code: EspressoCode = Field(default_factory=EspressoCode)


class VaspOptions(EngineOptions):
    """Options of a slot that VASP answers."""

    code: VaspCode = Field(default_factory=VaspCode)


class AkaiKkrOptions(EngineOptions):
    """Options of a slot that AkaiKKR answers."""

    code: AkaiKkrCode = Field(default_factory=AkaiKkrCode)


class Elk(Engine):
    """``elk``: all-electron, virtual crystals or ordered cells."""

    options = ElkOptions


class Espresso(Engine):
    """``espresso``: pseudopotentials, whole atoms."""

    options = EspressoOptions


class Vasp(Engine):
    """``vasp``: whole atoms; its potentials are its owner's."""

    options = VaspOptions


class AkaiKkr(Engine):
    """``akaikkr``: random alloys by the coherent potential approximation."""

    options = AkaiKkrOptions
