"""Which of the faces in a photo is the person meant."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from biometrics.kernel.errors import NoFace, SeveralFaces
from face.detected import DetectedFace

RIVAL_SIZE = 0.7  # of the main face's size: half its area
EDGE = 0.02  # of the photo's longer side: a box that comes so close to the photo's edge is cut off by it
CENTRE_SPREAD = 0.2  # of the photo's diagonal: a face so far from the middle counts 1/e of its area

Chooser = Callable[[Sequence[DetectedFace], int, int], DetectedFace]
"""From the faces of a photo, its width and its height in pixels, to the face to use."""


def sole_face(faces: Sequence[DetectedFace], width: int, height: int) -> DetectedFace:
    """Return the most prominent face, where no other could be meant.

    Another could be meant if it has at least half the area. Smaller ones are bystanders, and so is one that the photo's
    edge cuts off, as long as the most prominent is whole: portraits are not cut off.

    Raises:
        NoFace, SeveralFaces.
    """
    main = most_prominent(faces, width, height)
    main_is_whole = not _cut_off(main, width, height)
    possible = [
        face
        for face in faces
        if face is main
        or (face.size >= RIVAL_SIZE * main.size and not (main_is_whole and _cut_off(face, width, height)))
    ]
    if len(possible) > 1:
        raise SeveralFaces(
            f"The photo shows {len(possible)} people who could be meant; crop it to the one person, or search for "
            "all people in it."
        )
    return main


def most_prominent(faces: Sequence[DetectedFace], width: int, height: int) -> DetectedFace:
    """Return the face that is largest, with faces far from the photo's middle counting less.

    For test sets such as LFW, whose photos show one named person in the middle and sometimes others around them.

    Raises:
        NoFace.
    """
    if not faces:
        raise NoFace("No face was found; use a photo from the front, in good light, with the whole face in it.")

    def prominence(face: DetectedFace) -> float:
        x, y = face.centre
        distance = math.hypot(x - width / 2, y - height / 2) / math.hypot(width, height)
        return face.size**2 * math.exp(-((distance / CENTRE_SPREAD) ** 2))

    return max(faces, key=prominence)


def _cut_off(face: DetectedFace, width: int, height: int) -> bool:
    x, y, face_width, face_height = face.box
    margin = EDGE * max(width, height)
    return x < margin or y < margin or x + face_width > width - margin or y + face_height > height - margin
