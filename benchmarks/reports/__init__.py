"""Reports of runs: figures of raw scores, tables, plots, and the page in the form of ISO/IEC 19795-1."""
