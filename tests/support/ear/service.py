"""`pehchan` with one more modality: `python -m ear.service serve ...`."""

from __future__ import annotations

from api.modalities import register
from ear.modality import CALIBRATIONS, EAR
from ear.recogniser import EarRecogniser

register(EAR, EarRecogniser, CALIBRATIONS)

if __name__ == "__main__":
    from api.cli.app import main

    main()
