"""An application served on a port of its own, and Schemathesis, run against it as far as its document allows."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn

# It fails where a request is refused for a reason that a schema cannot express, such as a file that is no image.
EXCLUDED_CHECKS = "positive_data_acceptance"


@contextmanager
def served(app: Any, port: int = 0, **options: Any) -> Iterator[str]:
    """Serve an application on a thread, on a port or a free one, with options of uvicorn; yields its address."""
    with socket.socket() as own:
        own.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        own.bind(("127.0.0.1", port))
        address = f"http://127.0.0.1:{own.getsockname()[1]}"
        running = uvicorn.Server(uvicorn.Config(app, log_level="critical", **options))
        thread = threading.Thread(target=running.run, args=([own],), daemon=True)
        thread.start()
        while not running.started:
            time.sleep(0.05)
            assert thread.is_alive()
        yield address
        running.should_exit = True
        thread.join()


def run_schemathesis(
    description: str, url: str, folder: Path, *options: str, excluded_checks: str = EXCLUDED_CHECKS, **environment: str
) -> tuple[int, str]:
    """Run Schemathesis without some of its checks; returns the exit code and the report."""
    program = Path(sys.executable).with_name("schemathesis")
    options = (*options, "--continue-on-failure", "--no-shrink", "--exclude-checks", excluded_checks)
    options += ("--request-timeout", "300")  # it waits 10 seconds by itself
    command = [str(program), "run", description, "--url", url, *options]
    variables: Mapping[str, str] = os.environ | environment
    done = subprocess.run(command, cwd=folder, env=variables, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr
