"""Landmarks of a head that is turned by known angles, for tests."""

from __future__ import annotations

import numpy as np

HEAD = np.array(  # millimetres: right, down, away
    [[-31.5, -31.7, 4.6], [31.5, -31.7, 4.6], [0.0, 2.8, -26.4], [-27.0, 30.3, 8.6], [27.0, 30.3, 8.6]]
)


def turned(yaw: float, pitch: float, roll: float) -> np.ndarray:
    """Return the photographed landmarks of a head turned to its photo's right, then up, then clockwise."""
    a, b, c = np.deg2rad([yaw, pitch, roll])
    to_the_right = np.array([[np.cos(a), 0, -np.sin(a)], [0, 1, 0], [np.sin(a), 0, np.cos(a)]])
    up = np.array([[1, 0, 0], [0, np.cos(b), np.sin(b)], [0, -np.sin(b), np.cos(b)]])
    clockwise = np.array([[np.cos(c), -np.sin(c), 0], [np.sin(c), np.cos(c), 0], [0, 0, 1]])
    return ((HEAD @ (clockwise @ up @ to_the_right).T)[:, :2] * 1.7 + (300, 200)).astype(np.float32)
