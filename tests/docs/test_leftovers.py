"""Nothing that a merge left behind stands in a file that git keeps."""

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
MARKER = re.compile(r"^(<{7} |>{7} |\|{7} )", re.MULTILINE)


def test_no_conflict_marker_in_any_kept_file() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    files = [ROOT / name for name in listed.decode().split("\0") if name]
    assert files
    marked = [
        file.relative_to(ROOT) for file in files if file.is_file() and MARKER.search(file.read_text("utf-8", "replace"))
    ]
    assert not marked
