"""A file that was cut anywhere never yields a number."""

from __future__ import annotations

import gzip
import random
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest

from adapters.dft import RejectedCalculation, read_calculation

if TYPE_CHECKING:
    from pathlib import Path

CUTS = 150


def places(whole: int, seed: int) -> list[int]:
    """Return random lengths, the shortest and every one close to the whole."""
    chance = random.Random(seed)
    return sorted({*range(3), *(chance.randrange(whole) for _ in range(CUTS)), *range(whole - 60, whole)})


def assert_every_cut_is_rejected(file: Path, asked: Path, content: bytes, whole: int) -> None:
    for length in places(whole, seed=whole):
        file.write_bytes(content[:length])
        with pytest.raises(RejectedCalculation) as caught:
            pytest.fail(f"cut at byte {length} of {whole}: {read_calculation(asked)}")
        assert str(file) in str(caught.value)
    file.write_bytes(content[:whole])
    read_calculation(asked)


@pytest.mark.parametrize("outcar", [None, ""])
def test_vasprun(tmp_path: Path, vasp: Any, outcar: str | None) -> None:
    vasp().write(tmp_path, outcar=outcar)
    file = tmp_path / "vasprun.xml"
    content = file.read_bytes()
    assert_every_cut_is_rejected(file, file, content, len(content.rstrip()))


def test_vasprun_in_a_folder(tmp_path: Path, vasp: Any) -> None:
    file = vasp().write(tmp_path) / "vasprun.xml"
    content = file.read_bytes()
    assert_every_cut_is_rejected(file, tmp_path, content, len(content.rstrip()))


def test_outcar(tmp_path: Path, vasp: Any) -> None:
    file = vasp().write(tmp_path) / "OUTCAR"
    content = file.read_bytes()
    assert_every_cut_is_rejected(file, tmp_path, content, len(content))


def test_compressed_vasprun(tmp_path: Path, vasp: Any) -> None:
    content = gzip.compress(vasp().xml().encode())
    file = tmp_path / "vasprun.xml.gz"
    assert_every_cut_is_rejected(file, file, content, len(content))


def test_real_vasprun_and_outcar(tmp_path: Path, shared: Path) -> None:
    for name in ("vasprun.xml", "OUTCAR"):
        source = shared / f"vasp_aiidavasp_relaxmag_{name}"
        (tmp_path / name).write_bytes(source.read_bytes())
    xml, outcar = tmp_path / "vasprun.xml", tmp_path / "OUTCAR"
    content = xml.read_bytes()
    for length in places(len(content.rstrip()), seed=1)[::4]:
        xml.write_bytes(content[:length])
        with pytest.raises(RejectedCalculation):
            pytest.fail(f"cut at byte {length}: {read_calculation(tmp_path)}")
    xml.write_bytes(content)
    content = outcar.read_bytes()
    for length in places(len(content), seed=2)[::8]:
        outcar.write_bytes(content[:length])
        with pytest.raises(RejectedCalculation):
            pytest.fail(f"cut at byte {length}: {read_calculation(tmp_path)}")


def test_bytes_damaged_inside_raise_nothing_else(tmp_path: Path, vasp: Any) -> None:
    content = vasp().xml().encode()
    chance = random.Random(5)
    file = tmp_path / "vasprun.xml"
    for _ in range(CUTS):
        damaged = bytearray(content)
        start = chance.randrange(len(damaged))
        damaged[start : start + chance.randrange(1, 40)] = chance.randbytes(chance.randrange(20))
        file.write_bytes(bytes(damaged))
        with suppress(RejectedCalculation):
            read_calculation(file)
