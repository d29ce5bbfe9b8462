"""Help is quick, because it loads nothing heavy."""

import subprocess
import sys
from collections.abc import Callable

import pytest

COMMANDS = [
    *("run", "serve", "pause", "resume", "stop", "status", "propose"),
    *("approvals", "approve", "reject", "enter"),
    *("observations", "quarantine", "retract", "audit", "magnet"),
    *("replay", "diff", "verify", "export", "import", "scan", "inputs", "report", "backtest", "demo"),
    *("new", "doctor", "reference", "cycle"),
]
HEAVY = ("numpy", "scipy", "pandas", "h5py", "pymatgen", "prefect", "matplotlib", "pydantic", "pint")


def test_help_loads_no_scientific_package() -> None:
    code = (
        "import sys\n"
        "sys.argv = ['douka', '--help']\n"
        "from flows.cli import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"
    assert "replay" in done.stdout


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str, douka: Callable) -> None:
    ended = douka(command, "--help")
    assert ended.code == 0
    assert "--help" in ended.out


def test_no_word_of_a_help_text_is_taken_for_markup() -> None:
    """A word in brackets, such as [stop], would vanish from the page."""
    from rich.markup import render
    from typer.main import get_command

    from flows.cli.app import app

    def walk(command: object) -> list[str]:
        texts = [getattr(command, "help", None), *(getattr(one, "help", None) for one in command.params)]
        return [text for text in texts if text] + [
            text for inner in getattr(command, "commands", {}).values() for text in walk(inner)
        ]

    texts = walk(get_command(app))
    assert len(texts) > 100
    assert [text for text in texts if render(text).plain != text] == []
