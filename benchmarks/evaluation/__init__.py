"""Evaluations in the form of ISO/IEC 19795-1: raw scores first, stored; then figures, plots and a page."""
