"""Live capture: the bridge between a page in the browser and the scanner on the same computer."""
