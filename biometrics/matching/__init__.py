"""Ranking people by likeness: engine, galleries, scores, calibration and candidate lists."""
