"""Folder trees of calculations, read in parallel and only where something changed."""

from adapters.dft.scanning.scan import scan
from adapters.dft.scanning.scanned import Scanned

__all__ = ["Scanned", "scan"]
