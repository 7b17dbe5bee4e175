"""The command line: `app.py` finds a command, `commands/` has one file per command."""

from api.cli.app import main

__all__ = ["main"]
