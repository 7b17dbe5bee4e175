"""A client of MOSIP's interface, the data shares that it names, and the CBEFF documents in them."""

from __future__ import annotations

import base64
import struct
import uuid
from typing import Any

from fastapi import FastAPI
from fastapi.testclient import TestClient
from inputs import photo_of, print_of
from osia_client import key_of
from receiver import Receiver, content
from starlette.routing import Mount

from api.standards.mosip.app import MosipApplication, path_of
from api.standards.mosip.dispatcher import Mosip
from biometrics.kernel.access import Role, Scope

TIME = "2026-03-29T07:01:24.692Z"
NAMESPACE = "http://standards.iso.org/iso-iec/19785/-3/ed-2/"
SUBTYPES = {
    "right_thumb": "Right Thumb",
    "right_index": "Right IndexFinger",
    "right_middle": "Right MiddleFinger",
    "left_thumb": "Left Thumb",
    "left_index": "Left IndexFinger",
}


def mosip_of(app: FastAPI) -> Mosip:
    """Return the service behind the interface of a running application."""
    mounts = (route.app for route in app.routes if isinstance(route, Mount))
    return next(mounted.mosip for mounted in mounts if isinstance(mounted, MosipApplication))


def bir(kind: str, subtype: str, data: bytes | str) -> str:
    """Return one record, as MOSIP writes it."""
    text = data if isinstance(data, str) else base64.b64encode(data).decode("ascii")
    return f"""
    <BIR>
        <Version><Major>1</Major><Minor>1</Minor></Version>
        <CBEFFVersion><Major>1</Major><Minor>1</Minor></CBEFFVersion>
        <BIRInfo><Integrity>false</Integrity></BIRInfo>
        <BDBInfo>
            <Format><Organization>Mosip</Organization><Type>7</Type></Format>
            <CreationDate>2019-06-27T13:40:06.211Z</CreationDate>
            <Type>{kind}</Type>
            <Subtype>{subtype}</Subtype>
            <Level>Raw</Level>
            <Purpose>Enroll</Purpose>
            <Quality>
                <Algorithm><Organization>HMAC</Organization><Type>SHA-256</Type></Algorithm>
                <Score>100</Score>
            </Quality>
        </BDBInfo>
        <BDB>{text}</BDB>
    </BIR>"""


def document(*records: str) -> bytes:
    """Return a CBEFF document."""
    inner = "".join(records)
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<BIR xmlns="{NAMESPACE}">
    <BIRInfo><Integrity>false</Integrity></BIRInfo>{inner}
</BIR>""".encode()


def finger(person: int, name: str = "right_thumb", impression: int = 0) -> str:
    """Return a record of a generated print, as an ISO/IEC 19794-4:2011 record."""
    image = finger_record(print_of(person, name, impression), list(SUBTYPES).index(name) + 1 if name in NAMED else 0)
    return bir("Finger", SUBTYPES[name], image)


NAMED = ("right_thumb", "right_index", "right_middle")  # whose position is told in the image's record, too


def face(person: int) -> str:
    """Return a record of a photo, as an ISO/IEC 19794-5:2011 record."""
    return bir("Face", "", face_record(photo_of(person)))


def person(number: int, impression: int = 0) -> bytes:
    """Return the CBEFF document of a made-up person: one print."""
    return document(finger(number, impression=impression))


def finger_record(
    image: bytes,
    position: int = 0,
    compression: int = 6,
    size: tuple[int, int] = (0, 0),
    certified: int = 0,
    ppi: int = 500,
) -> bytes:
    """Return an ISO/IEC 19794-4:2011 record of one image, with a quality block, and a certificate where certified."""
    body = b"\x07\xe7\x01\x02\x03\x04\x05\x00\x00" + bytes(5) + b"\x01" + bytes(5)
    body += (b"\x01" + bytes(3)) if certified else b""
    body += struct.pack(">BBBHHHHBBBHH", position, 1, 1, ppi, ppi, ppi, ppi, 8, compression, 0, *size)
    body += struct.pack(">I", len(image)) + image
    view = struct.pack(">I", len(body) + 4) + body
    return b"FIR\x00020\x00" + struct.pack(">IHBB", 16 + len(view), 1, certified, 1) + view


def face_record(image: bytes, landmarks: int = 2) -> bytes:
    """Return an ISO/IEC 19794-5:2011 record of one image."""
    body = b"\x07\xe7\x01\x02\x03\x04\x05\x00\x00" + bytes(5) + b"\x01" + bytes(5)
    body += struct.pack(">H15x", landmarks) + bytes(8 * landmarks)
    body += struct.pack(">BBHHBHBB", 1, 0, 400, 400, 0, 0, 0, 1)
    body += struct.pack(">I", len(image)) + image
    view = struct.pack(">I", len(body) + 4) + body
    return b"FAC\x00030\x00" + struct.pack(">IHBH", 17 + len(view), 1, 0, 0) + view


def message(operation: str, **fields: Any) -> dict[str, Any]:
    """Return a request; a field that is None is left out."""
    made = {
        "id": f"mosip.abis.{operation}",
        "version": "1.1",
        "requestId": str(uuid.uuid4()),
        "requesttime": TIME,
        **fields,
    }
    return {name: value for name, value in made.items() if value is not None}


class MosipClient:
    """Sends messages with a key; `shares` is where its data are fetched from."""

    def __init__(
        self, client: TestClient, shares: Receiver, unit: str = "national", scopes: frozenset[Scope] = frozenset()
    ) -> None:
        self.client = client
        self.shares = shares
        key = key_of(client.app.state.services.accounts, unit, scopes, Role.ABIS_INTEGRATION)  # type: ignore[attr-defined]
        self.headers = {"Authorization": f"Bearer {key}"}

    def send(self, operation: str, body: Any) -> Any:
        """Send a message as it is."""
        path = f"/mosip{path_of(f'mosip.abis.{operation}')}"
        return self.client.post(
            path, headers=self.headers, **({"content": body} if isinstance(body, bytes) else {"json": body})
        )

    def ask(self, operation: str, **fields: Any) -> dict[str, Any]:
        """Send a message and return its answer, which repeats the request's ids."""
        sent = message(operation, **fields)
        answer = self.send(operation, sent)
        assert answer.status_code == 200, answer.text
        return answers_it(sent, answer.json())

    def share(self, data: bytes) -> str:
        """Put data where they can be fetched; return the address."""
        path = f"/v1/datashare/get/{uuid.uuid4()}"
        self.shares.paths[path] = content(data)
        return self.shares.url + path

    def insert(self, data: bytes, reference: str = "") -> str:
        """Insert a person; return the reference."""
        reference = reference or str(uuid.uuid4())
        answer = self.ask("insert", referenceId=reference, referenceURL=self.share(data))
        assert answer["returnValue"] == "1", answer
        return reference

    def identify(self, **fields: Any) -> list[str]:
        """Search; return the references of the candidates."""
        answer = self.ask("identify", **fields)
        assert answer["returnValue"] == "1", answer
        listed = answer["candidateList"]
        assert listed["count"] == str(len(listed["candidates"]))
        return [candidate["referenceId"] for candidate in listed["candidates"]]


def answers_it(sent: dict[str, Any], answer: dict[str, Any]) -> dict[str, Any]:
    """Check that an answer is that of a request, and return it."""
    assert (answer["id"], answer["requestId"]) == (sent["id"], sent["requestId"])
    assert answer["responsetime"].endswith("Z")
    return answer


def refused(answer: dict[str, Any], reason: int) -> None:
    """Check that an answer says why it was not carried out, and nothing else."""
    assert (answer["returnValue"], answer.get("failureReason")) == ("2", str(reason)), answer
    assert set(answer) == {"id", "requestId", "responsetime", "returnValue", "failureReason"}
