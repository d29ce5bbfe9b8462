"""What a magnet campaign needs: units of magnetization."""

from loop.magnetism.units import UNITS, convert_magnetization

__all__ = ["UNITS", "convert_magnetization"]
