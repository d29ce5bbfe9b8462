"""Which disks a history may be written on."""

from __future__ import annotations

import re
import warnings
from pathlib import Path
from typing import Literal

from loop.errors import HistoryError

Network = Literal["refuse", "warn"]

_NETWORK = re.compile(
    r"nfs\d?|cifs|smb\w*|9p|ceph|lustre|beegfs\w*|gpfs|glusterfs|afs|ncpfs|orangefs|pvfs2|davfs2?|"
    r"fuse\.(sshfs|rclone|s3fs|davfs2?|gvfsd-fuse|glusterfs|ceph|gcsfuse|goofys|juicefs)"
)


def check(folder: Path, network: Network, mounts: Path = Path("/proc/self/mounts")) -> None:
    """Refuse, or warn of, a network file system.

    Parameters
    ----------
    folder
        Exists.
    network
        What to do about one.
    mounts
        The table of mounts; nothing is checked where there is none.
    """
    kind = kind_of(folder, mounts)
    if not _NETWORK.fullmatch(kind):
        return
    message = (
        f"{folder}: is on a network file system ({kind}), where neither the writer lock nor an fsync can be "
        "relied on, so that two writers or a lost connection may cost sealed cycles. Keep the history on a local "
        "disk and copy it from there"
    )
    if network == "refuse":
        raise HistoryError(f'{message}; History.open(…, network="warn") writes here all the same')
    warnings.warn(message, UserWarning, stacklevel=4)


def kind_of(folder: Path, mounts: Path = Path("/proc/self/mounts")) -> str:
    """Name the type of the file system that a folder is on.

    Parameters
    ----------
    folder
        Exists.
    mounts
        The table of mounts.

    Returns
    -------
    str
        As the kernel calls it; empty where that is not known.
    """
    try:
        lines = mounts.read_text("utf-8", "surrogateescape").splitlines()
    except OSError:
        return ""
    place, found = folder.resolve(), ("", "")
    for line in lines:
        _, point, kind, *_ = line.split(" ")
        where = re.sub(r"\\(\d{3})", lambda match: chr(int(match[1], 8)), point)
        # The later of two mounts on one point hides the earlier one.
        if place.is_relative_to(where) and len(where) >= len(found[0]):
            found = (where, kind)
    return found[1]
