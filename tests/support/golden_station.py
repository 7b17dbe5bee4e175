"""Makes the data folder of a version, for later versions to open: `python golden_station.py NAME.tar.gz`.

Only installed commands are used, so that any version can run it. The people and prints are generated; the master key
is for this station alone and is part of the archive.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

PEOPLE = (("Asha Verma", "12/2026", "1_1.png"), ("Ravi Khan", "13/2026", "2_1.png"))
PROBE = "1_2.png"  # another impression of the first person's finger
KEPT = ("pehchan.db", "images", "master.key", "secret.key")  # indexes and models are made again


def make(archive: Path) -> None:
    """Enrol two people, search for one, add an account, and pack what a station keeps."""
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        data = work / "data"

        def run(*arguments: str) -> None:
            command = [str(Path(sys.executable).with_name("pehchan")), *arguments]
            environment = os.environ | {"PEHCHAN_DATA_FOLDER": str(data)}
            subprocess.run(command, cwd=work, env=environment, check=True)

        run("synth", "fingers", "--count", "2", "--impressions", "2", "--sensor", "optical", "--out", "prints")
        for name, fir, file in PEOPLE:
            encounter = ("--fir", fir, "--station", "27519004", "--district", "519", "--state", "27")
            run(
                "enrol", "--name", name, *encounter, "--officer", "SI R. Patil", "--print", f"right_index=prints/{file}"
            )
        run("identify", "--print", f"right_index=prints/{PROBE}", "--purpose", "investigation", "--case", "12/2026")
        run("user", "add", "r.patil", "--name", "SI R. Patil", "--role", "station_officer", "--unit", "27/519/27519004")
        with tarfile.open(archive, "w:gz") as packed:
            packed.add(work / "prints" / PROBE, PROBE)
            for name in KEPT:
                if (data / name).exists():
                    packed.add(data / name, f"data/{name}", filter=_anonymous)


def _anonymous(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uname = member.gname = ""
    member.uid = member.gid = 0
    return member


if __name__ == "__main__":
    make(Path(sys.argv[1]).resolve())
