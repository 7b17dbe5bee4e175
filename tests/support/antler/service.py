"""`pehchan` with one more modality: `python -m antler.service serve ...`."""

from __future__ import annotations

from antler.modality import ANTLER, CALIBRATIONS
from antler.recogniser import AntlerRecogniser
from api.modalities import register

register(ANTLER, AntlerRecogniser, CALIBRATIONS)

if __name__ == "__main__":
    from api.cli.app import main

    main()
