"""Photos as a surveillance camera would have taken them: small, seen from above, dark or too bright, blurred, noisy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import cv2
import numpy as np
from numpy.typing import NDArray

from face.detected import DetectedFace

SMALLEST, LARGEST = 12.0, 40.0  # pixels between the eyes
WINDOW = (4.0, 6.0)  # side of the still, in distances between the eyes
GAMMA = 2.2  # of the photo's pixels
_SAMPLES = 4  # points a pixel is the mean of, each way

Pixels = NDArray[np.uint8]


@dataclass(frozen=True)
class Camera:
    """How a camera sees a face: angles in degrees, lengths in distances between the eyes, which are `eyes` pixels.

    `gain` multiplies the light, `noise` is the deviation of a pixel, `quality` that of JPEG, `comb` the pixels that a
    face moves between the two fields of an interlaced frame.
    """

    eyes: float
    roll: float
    pitch: float
    window: float
    offset: tuple[float, float]
    gain: float
    blur: float
    motion: float
    motion_angle: float
    noise: float
    comb: int
    quality: int

    @classmethod
    def drawn(cls, rng: np.random.Generator) -> Self:
        """Draw a camera at random."""
        x, y = rng.normal(0, 0.25, 2).tolist()
        return cls(
            eyes=float(np.exp(rng.uniform(np.log(SMALLEST), np.log(LARGEST)))),
            roll=float(rng.normal(0, 8)),
            pitch=float(rng.uniform(0, 40)),
            window=float(rng.uniform(*WINDOW)),
            offset=(x, y),
            gain=float(np.exp(rng.uniform(np.log(0.03), np.log(3.0)))),
            blur=float(rng.uniform(0, 0.12)),
            motion=float(rng.choice([0.0, rng.uniform(0, 0.5)])),
            motion_angle=float(rng.uniform(0, 180)),
            noise=float(rng.uniform(0, 10)),
            comb=int(rng.choice([0, 0, 0, 0, 1, 2])),
            quality=int(rng.integers(25, 85)),
        )

    def still(self, rgb: Pixels, face: DetectedFace, rng: np.random.Generator) -> Pixels:
        """Return what it sees of a face in a photo, shape (height, width, 3): a square with the head in it."""
        warp = self._warp(face)
        side = round(self.window * self.eyes)
        enlarged = np.diag([_SAMPLES, _SAMPLES, 1.0]) @ warp
        large = (side * _SAMPLES, side * _SAMPLES)
        seen = cv2.warpPerspective(rgb, enlarged, large, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        light = (cv2.resize(seen, (side, side), interpolation=cv2.INTER_AREA).astype(np.float64) / 255) ** GAMMA
        light = self._blurred(light * self.gain)
        pixels = 255 * np.clip(light, 0, 1) ** (1 / GAMMA) + rng.normal(0, self.noise, light.shape)
        pixels[1::2] = np.roll(pixels[1::2], self.comb, axis=1)
        bgr = np.clip(pixels, 0, 255).astype(np.uint8)[:, :, ::-1]
        _, file = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, self.quality])
        decoded = np.asarray(cv2.imdecode(file, cv2.IMREAD_COLOR), np.uint8)
        return np.ascontiguousarray(decoded[:, :, ::-1])

    def landmarks(self, face: DetectedFace) -> NDArray[np.float32]:
        """Return where the landmarks of a face are in its still, shape (5, 2)."""
        return np.asarray(cv2.perspectiveTransform(face.landmarks[None], self._warp(face))[0], np.float32)

    def _warp(self, face: DetectedFace) -> NDArray[np.float64]:
        """Return the projection of the photo, shape (3, 3): turned, seen from above, scaled, the face in the middle."""
        scale = self.eyes / float(np.linalg.norm(face.landmarks[1] - face.landmarks[0]))
        roll, pitch = np.radians([self.roll, self.pitch])
        turn = np.array([[np.cos(roll), -np.sin(roll), 0], [np.sin(roll), np.cos(roll), 0], [0, 0, 1]])
        tilt = np.array([[1, 0, 0], [0, np.cos(pitch), 0], [0, 0.05 * np.sin(pitch) / self.eyes, 1]])
        middle = np.asarray(face.landmarks.mean(axis=0), np.float64)
        centred = np.array([[1, 0, -middle[0]], [0, 1, -middle[1]], [0, 0, 1]])
        x, y = (self.window / 2 + shift for shift in self.offset)
        placed = np.array([[1, 0, x * self.eyes], [0, 1, y * self.eyes], [0, 0, 1]])
        return np.asarray(placed @ tilt @ turn @ np.diag([scale, scale, 1.0]) @ centred)

    def _blurred(self, light: NDArray[np.float64]) -> NDArray[np.float64]:
        if self.blur * self.eyes > 0.1:
            light = np.asarray(cv2.GaussianBlur(light, (0, 0), self.blur * self.eyes), np.float64)
        length = self.motion * self.eyes
        if length < 1:
            return light
        reach = int(np.ceil(length / 2))
        kernel = np.zeros((2 * reach + 1, 2 * reach + 1))
        angle = np.radians(self.motion_angle)
        for along in np.linspace(-length / 2, length / 2, 64):
            kernel[round(reach + along * np.sin(angle)), round(reach + along * np.cos(angle))] += 1 / 64
        return np.asarray(cv2.filter2D(light, -1, kernel, borderType=cv2.BORDER_REPLICATE))
