"""Let a store be worked on, kill -9 whoever does, again and again, and check the store after each kill.

usage: kill_and_check.py DATABASE_URL FOLDER KILLS SEED [CHECK_EVERY [SECONDS]]

Everything is imported once and forked, so that a kill costs no start. What is printed at the end are the figures.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from store_invariants import Answers, Checker
from work_until_killed import open_store, work

SHORTEST, LONGEST = 0.05, 1.5  # seconds that a process works before it is killed; SECONDS is another longest time


def forked(run: Callable[[], None]) -> int:
    """Run something in a process of its own, and return its id."""
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        run()
        code = 0
    except BaseException:  # noqa: BLE001 - the process ends here, and says why
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def check(url: str, folder: Path) -> None:
    """Check the whole store against all that was ever answered."""
    answers = Answers()
    for line in _lines(folder):
        answers.add(line)
    with open_store(url, folder) as store:
        Checker(store, folder / "images").check_all(answers)


def main() -> None:
    url, folder, kills, seed = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
    every = int(sys.argv[5]) if len(sys.argv) > 5 else 1
    longest = float(sys.argv[6]) if len(sys.argv) > 6 else LONGEST
    folder.mkdir(parents=True, exist_ok=True)
    chance, begun = random.Random(seed), time.monotonic()
    for kill in range(1, kills + 1):
        working = forked(lambda kill=kill: work(url, folder, seed * kills + kill))
        time.sleep(chance.uniform(SHORTEST, longest))
        os.kill(working, signal.SIGKILL)
        _, status = os.waitpid(working, 0)
        if not os.WIFSIGNALED(status):
            sys.exit(f"kill {kill}: the work ended by itself")
        if kill % every == 0 or kill == kills:
            _, status = os.waitpid(forked(lambda: check(url, folder)), 0)
            if status:
                sys.exit(f"kill {kill}: a rule is broken")
    done = Counter(line.get("did") or f"refused: {line['refused']}" for line in _lines(folder) if "will" not in line)
    print(f"{kills} kills in {time.monotonic() - begun:.0f} s; {dict(sorted(done.items()))}")  # noqa: T201


def _lines(folder: Path) -> list[dict[str, str]]:
    path = folder / "answers.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


if __name__ == "__main__":
    main()
