"""Where the enrolled face is in a photo on record: others may be seen beside it."""

from __future__ import annotations

from biometrics.imaging.image import Image
from biometrics.kernel.errors import NothingToCompare, UnusableSample
from biometrics.matching.channel import Channel
from biometrics.matching.ports import GroupRecogniser
from biometrics.use_cases.engine.engine import Engine

FaceBox = tuple[float, float, float, float]  # x, y, width and height


def enrolled_faces(engine: Engine, channel: Channel, record_id: str, sample_id: int, image: Image) -> list[FaceBox]:
    """Return the boxes of the faces in a photo that is on record: first the enrolled one, of several the most similar.

    Raises:
        NothingToCompare: it has no template of the model in use, or its face is not found again.
    """
    recogniser = channel.recogniser
    assert isinstance(recogniser, GroupRecogniser), "the channel is that of faces"
    stored = engine.store.templates.of_records([record_id], [recogniser.model]).get(record_id, ())
    template = next((template.template for template in stored if template.sample_id == sample_id), None)
    if template is None:
        raise NothingToCompare("The photo cannot be compared with others; take another photo.")
    try:
        faces = recogniser.extract_all(image)
    except UnusableSample as error:
        raise NothingToCompare(f"The face in the photo is not found again: {error.message}") from error
    first = int(recogniser.compare(template, [face.template for face in faces]).argmax())
    return [face.box for face in (faces[first], *faces[:first], *faces[first + 1 :])]
