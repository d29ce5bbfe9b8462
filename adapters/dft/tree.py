"""Access to an XML document in which whatever is asked for must be there."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

from adapters.dft.rejected import RejectedCalculation

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Tree:
    """A parsed XML file.

    Parameters
    ----------
    file
        Where it came from, for messages.
    root
        Its outermost element.
    """

    file: Path
    root: ElementTree.Element

    @classmethod
    def parsed(cls, file: Path, stream: IO[bytes]) -> Tree:
        """Parse a whole document.

        Raises
        ------
        RejectedCalculation
            It is not well-formed, as when it was cut.
        """
        try:
            # Entity bombs are refused by expat itself (2.4.1 and later).
            return cls(file, ElementTree.parse(stream).getroot())  # noqa: S314
        except ElementTree.ParseError as error:
            remedy = "Wait for the calculation to end or copy the file again."
            raise RejectedCalculation(file, f"truncated or damaged XML ({error})", remedy) from error

    def all(self, where: str) -> list[ElementTree.Element]:
        """Return the elements at a path, perhaps none."""
        return self.root.findall(where)

    def text(self, where: str, default: str | None = None) -> str:
        """Return the stripped text at a path; without a default it must be there."""
        found = self.root.findtext(where)
        if found is None and default is None:
            remedy = "Calculate again with a version that writes it; if it is whole, report the format."
            raise RejectedCalculation(self.file, f"it holds no {where}", remedy)
        return (found if found is not None else default or "").strip()

    def attribute(self, where: str, name: str) -> str:
        """Return an attribute of the first element at a path; "" if there is none."""
        found = self.root.find(where)
        return "" if found is None else found.attrib.get(name, "")

    def flag(self, where: str) -> bool:
        """Return whether the text at a path says true; False if it is not there."""
        return self.text(where, "false").lower() in {"true", ".true.", "t"}

    def number(self, where: str, default: float | None = None) -> float:
        """Return the number at a path."""
        return float(self.text(where, None if default is None else str(default)))

    def numbers(self, where: str) -> list[float]:
        """Return the numbers at a path."""
        return [float(word) for word in self.text(where).split()]
