"""The version, commit, machine and packages that a result was made with, so that others can reproduce it."""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
from importlib import metadata
from pathlib import Path
from typing import Any

DISTRIBUTION = "pehchan"


def provenance() -> dict[str, Any]:
    """Return the version, the commit, the machine, and the versions of the packages that Pehchan needs.

    The commit is None outside a checkout, and ends in "+changes" where a file differs from it.
    """
    return {
        "version": metadata.version(DISTRIBUTION),
        "commit": commit_of(Path(__file__).parent),
        "machine": {
            "processor": _processor(),
            "cores": len(os.sched_getaffinity(0)),
            "memory_mb": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20,
            "system": platform.platform(),
            "python": platform.python_version(),
        },
        "packages": _packages(),
    }


def commit_of(folder: Path) -> str | None:
    """Return the commit that a folder is checked out at; None if it is not under version control.

    An environment inside another project's checkout is not, since that project does not track it.
    """
    git = shutil.which("git")
    if git is None or not _run(git, folder, "ls-files", "--", "."):
        return None
    changed = _run(git, folder, "status", "--porcelain", "--untracked-files=no", "--", ":/")
    return (_run(git, folder, "rev-parse", "HEAD") or "") + ("+changes" if changed else "")


def _run(git: str, folder: Path, *arguments: str) -> str | None:
    completed = subprocess.run([git, *arguments], cwd=folder, capture_output=True, text=True, check=False)  # noqa: S603
    return completed.stdout.strip() if completed.returncode == 0 else None


def _processor() -> str:
    """Return the processor's name as Linux has it, or its architecture."""
    try:
        described = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        described = ""
    match = re.search(r"^model name\s*:\s*(.+)$", described, re.MULTILINE)
    return match[1] if match else platform.machine()


def _packages() -> dict[str, str]:
    """Return the versions of what the distribution requires without extras, by name."""
    required = [requirement for requirement in metadata.requires(DISTRIBUTION) or () if "extra ==" not in requirement]
    names = sorted(match[0] for requirement in required if (match := re.match(r"[\w.\-]+", requirement)))
    return {name: metadata.version(name) for name in names}
