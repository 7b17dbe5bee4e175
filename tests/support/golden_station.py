"""Makes the data folder of a version, for later versions to open: `python golden_station.py FOLDER`.

Only installed commands are used, so that any version can run it. The people and prints are generated; the master key
is for this station alone and is part of the folder. The database is kept as the statements that make it again.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path

from PIL import Image

PEOPLE = (("Asha Verma", "12/2026", "1_1"), ("Ravi Khan", "13/2026", "2_1"))
PROBE = "1_2.jpg"  # another impression of the first person's finger
KEPT = ("images", "master.key")  # besides the database; indexes and models are made again
STATEMENTS = "pehchan.sql"


def make(station: Path) -> None:
    """Enrol two people, search for one, add an account, and keep what a station keeps."""
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        data = work / "data"

        def run(*arguments: str) -> None:
            command = [str(Path(sys.executable).with_name("pehchan")), *arguments]
            environment = os.environ | {"PEHCHAN_DATA_FOLDER": str(data)}
            subprocess.run(command, cwd=work, env=environment, check=True)

        run("synth", "fingers", "--count", "2", "--impressions", "2", "--sensor", "optical", "--out", "prints")
        for path in (work / "prints").glob("*.png"):
            Image.open(path).convert("L").save(path.with_suffix(".jpg"), quality=60, dpi=(500, 500))
        for name, fir, print_name in PEOPLE:
            encounter = ("--fir", fir, "--station", "27519004", "--district", "519", "--state", "27")
            files = ("--print", f"right_index=prints/{print_name}.jpg")
            run("enrol", "--name", name, *encounter, "--officer", "SI R. Patil", *files)
        probe = ("--print", f"right_index=prints/{PROBE}")
        run("identify", *probe, "--purpose", "investigation", "--case", "12/2026")
        run("user", "add", "r.patil", "--name", "SI R. Patil", "--role", "station_officer", "--unit", "27/519/27519004")
        station.mkdir(parents=True)
        with closing(sqlite3.connect(data / "pehchan.db")) as connection:
            (station / STATEMENTS).write_text("\n".join(connection.iterdump()) + "\n", "utf-8")
        for name in KEPT:
            source = data / name
            (shutil.copytree if source.is_dir() else shutil.copy)(source, station / name)
        shutil.copy(work / "prints" / PROBE, station)


def unpack(station: Path, folder: Path) -> None:
    """Make the data folder of a kept station in a folder, and the probe beside it."""
    data = folder / "data"
    data.mkdir()
    with closing(sqlite3.connect(data / "pehchan.db")) as connection:
        connection.executescript((station / STATEMENTS).read_text("utf-8"))
    shutil.copytree(station / "images", data / "images")
    shutil.copy(station / "master.key", data)
    (data / "master.key").chmod(0o600)
    shutil.copy(station / PROBE, folder)


if __name__ == "__main__":
    make(Path(sys.argv[1]).resolve())
