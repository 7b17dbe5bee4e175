r"""Finger, face and iris images as ISO/IEC 19794-4, -5 and -6 wrap them, of 2005 (not irises) and of 2011.

All are read, irises of 2011 also written.

    finger, 2011                                          face, 2011
    "FIR\0", "020\0"                              4 + 4   "FAC\0", "030\0"                              4 + 4
    length, representations, certified, fingers   4+2+1+1 length, representations, certified, temporal  4+2+1+2
    each representation                                   each representation
      its length                                      4     its length                                      4
      capture time, device                        9 + 5     capture time, device                        9 + 5
      number of quality blocks, each              1 + 5     number of quality blocks, each              1 + 5
      if certified, number of certificates, each  1 + 3
      position, number, scale units           1 + 1 + 1     number of landmarks, description           2 + 15
      scan and image resolution, x and y          4 x 2     each landmark                                   8
      depth, compression, impression          1 + 1 + 1     types of image and data                     1 + 1
      width, height                               2 + 2     width, height, rest                     2 + 2 + 5
      length of the image, the image          4 + bytes     length of the image, the image          4 + bytes

    finger, 2005                                          face, 2005
    "FIR\0", "010\0"                              4 + 4   "FAC\0", "010\0"                              4 + 4
    length, device, level, fingers        6 + 2 + 2 + 1   length, images                                4 + 2
    scale units, resolutions                  1 + 4 x 2   each image
    depth, compression, reserved              1 + 1 + 2     its length, number of landmarks             4 + 2
    each finger                                             description                                    14
      its length, position, views, number  4 + 1 + 1 + 1    each landmark                                   8
      quality, impression                         1 + 1     types of image and data                     1 + 1
      width, height, reserved                 2 + 2 + 1     width, height, rest                     2 + 2 + 6
      the image                                   bytes     the image                                   bytes

    iris, 2011
    "IIR\0", "020\0"                              4 + 4
    length, representations, certified, eyes  4+2+1+1
    each representation
      its length                                      4
      capture time, device                        9 + 5
      number of quality blocks, each              1 + 5
      number, eye                                 2 + 1
      types of image and data, properties     1 + 1 + 1
      width, height, depth                    2 + 2 + 1
      range, angle, centre, diameter         3x2 + 6x2
      length of the image, the image          4 + bytes

Irises are read as libbiomeval of NIST does (`be_iris_incitsview.cpp`). Everything is big-endian. What follows an image
in its representation is not looked at.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from struct import Struct
from typing import Final

from biometrics.imaging.byte_reader import Cursor
from biometrics.imaging.decoder import MAX_PPI, MIN_PPI
from biometrics.imaging.image import decode, png_of
from biometrics.kernel.errors import InvalidRecord, UnsupportedRecord
from biometrics.kernel.recognition.capture import EyePosition, Impression

FINGER, FACE, IRIS = b"FIR\0", b"FAC\0", b"IIR\0"
_WHAT: Final = "image record"
_OLD, _FINGER_2011, _FACE_2011, _IRIS_2011 = b"010\0", b"020\0", b"030\0", b"020\0"
_PPI = {1: 1.0, 2: 2.54}  # scale units by code, and how many make pixels an inch: an inch, a centimetre
_UNCOMPRESSED = (0, 1)  # with and without packing, which are one at 8 bits

_LENGTH = Struct(">I")
_COUNT = Struct(">B")
_FINGERS_2011, _FACES_2011 = Struct(">8xIHBx"), Struct(">8xIHB2x")
_FINGERS_2005, _FACES_2005 = Struct(">8x2xI4xBB4xHHBB2x"), Struct(">8xIH")
_CAPTURE = Struct(">9x5xB")
_QUALITY_BYTES, _CERTIFICATE_BYTES, _LANDMARK_BYTES = 5, 3, 8
_FINGER_VIEW_2011, _FINGER_VIEW_2005 = Struct(">BxB4xHHBBBHH"), Struct(">IBxxxBHHx")
_LANDMARKS_2011, _LANDMARKS_2005 = Struct(">H15x"), Struct(">IH14x")
_FACE_VIEW_BYTES_2011, _FACE_VIEW_BYTES_2005 = 11, 12
_IRISES_2011, _IRIS_VIEW_2011 = Struct(">8xIHBx"), Struct(">2xBxBxHHB18x")
_WRITTEN_HEADER: Final = Struct(">4s4sIHBB")
_WRITTEN_IRIS: Final = Struct(">HBBBBHHBHHH12x")
_NO_TIME, _NO_DEVICE, _UNDEFINED = b"\xff" * 9, bytes(5), 0xFFFF
_UNCROPPED: Final = 1
_GREY_FILES: Final = {"image/jp2": 10, "image/png": 14}  # types of the data of an iris
_EYES: Final = (1, 2)  # right and left by ISO/IEC 19794-6
_GREY_PIXELS: Final = 2  # type of the data of an iris: grey pixels without compression


@dataclass(frozen=True)
class RecordedImage:
    """One image of a record.

    Attributes:
        content: an image file; uncompressed pixels have been given the header of a PGM file.
        position: friction ridge position code of a print (ISO/IEC 19794-4 table 6), 0 unknown; number of an
            `EyePosition` of an iris; None of a face.
        impression: of a print, None of others.
        ppi: pixels an inch, None if not in the record.
    """

    content: bytes
    position: int | None = None
    impression: Impression | None = None
    ppi: float | None = None


def is_image_record(data: bytes) -> bool:
    """Say whether bytes begin as a record of finger, face or iris images."""
    return data.startswith((FINGER, FACE, IRIS))


def read_images(data: bytes) -> list[RecordedImage]:
    """Read a record.

    Raises:
        UnsupportedRecord: a record of something else, or of a version that is not read here.
        InvalidRecord: it is cut short, damaged, or at odds with itself.
    """
    readers = {
        (FINGER, _FINGER_2011): _fingers_2011,
        (FINGER, _OLD): _fingers_2005,
        (FACE, _FACE_2011): _faces_2011,
        (FACE, _OLD): _faces_2005,
        (IRIS, _IRIS_2011): _irises_2011,
    }
    reader = readers.get((data[:4], data[4:8]))
    if reader is None:
        raise UnsupportedRecord(
            "Records of images are read after ISO/IEC 19794-4 and -5 of 2005 and 2011, and -6 of 2011; send one, or an "
            "image file."
        )
    images = list(reader(Cursor(data, _WHAT)))
    if not images:
        raise InvalidRecord("The image record holds no image; ask its sender for it again.")
    return images


def write_iris(content: bytes, eye: EyePosition, quality: int | None) -> bytes:
    """Return the record of one photo of an iris, of 2011: of its file if that is grey PNG or JPEG 2000, else of a PNG.

    `quality` is after ISO/IEC 29794-6. When and with what it was taken is left undefined.

    Raises:
        UnsupportedImage, UndecodableImage: `content` is no image.
    """
    image = decode(content)
    if image.media_type not in _GREY_FILES or image.pixels.ndim != 2:
        image = replace(image, pixels=image.grey(), media_type="image/png")
        content = png_of(image)
    code = eye - EyePosition.UNKNOWN
    qualities = b"\0" if quality is None else b"\1" + bytes([quality, 0, 0, 0, 0])  # by no registered algorithm
    view = _WRITTEN_IRIS.pack(
        1, code, _UNCROPPED, _GREY_FILES[image.media_type], 0, image.width, image.height, 8, 0, _UNDEFINED, _UNDEFINED
    )
    rest = _NO_TIME + _NO_DEVICE + qualities + view + _LENGTH.pack(len(content)) + content
    representation = _LENGTH.pack(_LENGTH.size + len(rest)) + rest
    eyes = min(code, 1)  # 0 where it is not known which
    return (
        _WRITTEN_HEADER.pack(IRIS, _IRIS_2011, _WRITTEN_HEADER.size + len(representation), 1, 0, eyes) + representation
    )


def _fingers_2011(cursor: Cursor) -> Iterator[RecordedImage]:
    length, count, certified = cursor.unpack(_FINGERS_2011)
    cursor.limit(length)
    for _ in range(count):
        view = _representation(cursor)
        (qualities,) = view.unpack(_CAPTURE)
        view.take(_QUALITY_BYTES * qualities)
        if certified == 1:
            (certificates,) = view.unpack(_COUNT)
            view.take(_CERTIFICATE_BYTES * certificates)
        position, units, x_rate, _, depth, compression, impression, width, height = view.unpack(_FINGER_VIEW_2011)
        content = view.take(view.unpack(_LENGTH)[0])
        file = _file(content, width, height, depth, compression)
        yield RecordedImage(file, position, _impression(impression), _ppi(units, x_rate))


def _fingers_2005(cursor: Cursor) -> Iterator[RecordedImage]:
    length, count, units, x_rate, _, depth, compression = cursor.unpack(_FINGERS_2005)
    cursor.limit(length)
    for _ in range(count):
        length, position, impression, width, height = cursor.unpack(_FINGER_VIEW_2005)
        content = cursor.take(_rest(length, _FINGER_VIEW_2005.size))
        file = _file(content, width, height, depth, compression)
        yield RecordedImage(file, position, _impression(impression), _ppi(units, x_rate))


def _faces_2011(cursor: Cursor) -> Iterator[RecordedImage]:
    length, count, _ = cursor.unpack(_FACES_2011)
    cursor.limit(length)
    for _ in range(count):
        view = _representation(cursor)
        (qualities,) = view.unpack(_CAPTURE)
        view.take(_QUALITY_BYTES * qualities)
        (landmarks,) = view.unpack(_LANDMARKS_2011)
        view.take(_LANDMARK_BYTES * landmarks + _FACE_VIEW_BYTES_2011)
        yield RecordedImage(view.take(view.unpack(_LENGTH)[0]))


def _faces_2005(cursor: Cursor) -> Iterator[RecordedImage]:
    length, count = cursor.unpack(_FACES_2005)
    cursor.limit(length)
    for _ in range(count):
        length, landmarks = cursor.unpack(_LANDMARKS_2005)
        described = _LANDMARK_BYTES * landmarks + _FACE_VIEW_BYTES_2005
        cursor.take(described)
        yield RecordedImage(cursor.take(_rest(length, _LANDMARKS_2005.size + described)))


def _irises_2011(cursor: Cursor) -> Iterator[RecordedImage]:
    length, count, certified = cursor.unpack(_IRISES_2011)
    cursor.limit(length)
    if certified:
        raise UnsupportedRecord("The record of irises has certificates, which are not read; send the image file.")
    for _ in range(count):
        cursor.unpack(_LENGTH)  # NIST's own example states another length than it has
        (qualities,) = cursor.unpack(_CAPTURE)
        cursor.take(_QUALITY_BYTES * qualities)
        eye, form, width, height, depth = cursor.unpack(_IRIS_VIEW_2011)
        content = cursor.take(cursor.unpack(_LENGTH)[0])
        file = _file(content, width, height, depth, _UNCOMPRESSED[0]) if form == _GREY_PIXELS else content
        yield RecordedImage(file, (EyePosition(EyePosition.UNKNOWN + eye) if eye in _EYES else EyePosition.UNKNOWN))


def _representation(cursor: Cursor) -> Cursor:
    """Return one representation, which says first how long it is."""
    (length,) = cursor.unpack(_LENGTH)
    return Cursor(cursor.take(_rest(length, _LENGTH.size)), _WHAT)


def _rest(length: int, read: int) -> int:
    if length < read:
        raise InvalidRecord("A part of the image record is shorter than its own header; ask its sender for it again.")
    return length - read


def _file(content: bytes, width: int, height: int, depth: int, compression: int) -> bytes:
    if compression not in _UNCOMPRESSED:
        return content
    if depth != 8 or len(content) != width * height:
        raise InvalidRecord(
            f"The image record holds {len(content):,} bytes for {width} x {height} pixels of {depth} bits; "
            "uncompressed pixels must have 8 bits."
        )
    return b"P5 %d %d 255\n" % (width, height) + content


def _ppi(units: int, rate: int) -> float | None:
    ppi = rate * _PPI.get(units, 0.0)
    return ppi if MIN_PPI <= ppi <= MAX_PPI else None


def _impression(code: int) -> Impression:
    return Impression(code) if code in set(Impression) else Impression.OTHER
