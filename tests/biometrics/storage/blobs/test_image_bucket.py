"""What is particular to images in a bucket: the way to it, a server that is away, an upload that is cut off."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import s3_server
from botocore.config import Config
from image_places import new_place
from receiver import receiving, status

from biometrics.kernel.errors import StoreRefused, StoreUnavailable
from biometrics.storage.blobs import s3 as image_bucket
from biometrics.storage.blobs.s3 import CONFIG, ImageBucket


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    return new_place("bucket", tmp_path, monkeypatch)


@pytest.fixture
def silence(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The shared server says nothing for a while, and a client waits less long for it than usual."""
    server = s3_server.shared()
    monkeypatch.setattr(
        image_bucket, "CONFIG", CONFIG.merge(Config(read_timeout=0.2, retries={"total_max_attempts": 1}))
    )
    yield
    server.resume()


def test_two_prefixes_of_a_bucket_are_two_stores(place: str) -> None:
    first, second = ImageBucket(f"{place}/a"), ImageBucket(f"{place}/ab/")
    digest = second.put(b"a print")
    assert list(first.digests()) == []
    assert list(second.digests()) == [digest]
    with pytest.raises(StoreUnavailable, match="missing"):
        first.get(digest)


def test_refused_keys_are_reported_as_such_until_a_call_succeeds(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION"):
        monkeypatch.setenv(name, "x")
    with receiving() as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
        server.answers = [status(200)]
        bucket = ImageBucket("s3://images")
        server.answers = [status(403)]
        with pytest.raises(StoreRefused):
            bucket.get("ab" * 32)
        assert "AWS_ACCESS_KEY_ID" in bucket.refusal
        server.answers = [status(200)]
        bucket.put(b"a print")
        assert bucket.refusal == ""


def test_an_object_has_the_name_that_a_file_has(place: str) -> None:
    """So that a folder is copied to a bucket by any S3 program."""
    bucket = ImageBucket(place)
    digest = bucket.put(b"a print")
    assert bucket._get(f"{digest[:2]}/{digest[2:4]}/{digest}") == b"a print"


def test_other_objects_are_no_images(place: str) -> None:
    bucket = ImageBucket(place)
    bucket._put("README", b"the operator's own")
    bucket._put(f"ab/cd/{'e' * 64}.bak", b"the operator's own")
    assert list(bucket.digests()) == []


def test_a_bucket_is_made_where_there_is_none(place: str) -> None:
    bucket = ImageBucket(f"s3://new-{urlsplit(place).path[1:13]}")
    assert bucket.get(bucket.put(b"a print")) == b"a print"


@pytest.mark.parametrize("url", ["s3:///prefix", "s3://", "http://bucket/prefix", "s3://bucket?x=1", "s3://not ok"])
def test_a_url_that_names_no_bucket_is_refused(place: str, url: str) -> None:
    with pytest.raises(StoreUnavailable, match="write s3://bucket"):
        ImageBucket(url)


def test_a_bucket_of_an_impossible_name_is_refused_by_the_server(place: str) -> None:
    with pytest.raises(StoreUnavailable, match="cannot be created"):
        ImageBucket("s3://Upper_Case")


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("AWS_ACCESS_KEY_ID", "somebody", "refuses the keys"),
        ("AWS_SECRET_ACCESS_KEY", "wrong", "refuses the keys"),
        ("AWS_ACCESS_KEY_ID", None, "no keys"),
        ("AWS_ENDPOINT_URL", "http://127.0.0.1:1", "does not answer"),
        ("AWS_ENDPOINT_URL", "http://nowhere.invalid", "does not answer"),
        ("AWS_ENDPOINT_URL", "nowhere", "does not answer"),
    ],
)
def test_a_wrong_server_address_is_reported_at_the_start(
    place: str, name: str, value: str | None, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if value is None:
        monkeypatch.delenv(name)
        monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    else:
        monkeypatch.setenv(name, value)
    with pytest.raises(StoreUnavailable, match=message):
        ImageBucket(place)


def test_a_server_that_falls_silent_is_not_waited_for_for_ever(place: str, silence: None) -> None:
    bucket = ImageBucket(place)
    digest, deleted = bucket.put(b"a print"), bucket.put(b"a photo")
    s3_server.shared().suspend()
    for use in (
        lambda: bucket.put(b"another"),
        lambda: bucket.get(digest),
        lambda: bucket.holds(digest),
        lambda: bucket.delete(deleted),  # the server can still carry this out after the resume
        lambda: list(bucket.digests()),
        bucket.marks,
    ):
        with pytest.raises(StoreUnavailable, match="does not answer"):
            use()
    s3_server.shared().resume()
    assert bucket.put(b"a print") == digest
    assert bucket.get(digest) == b"a print"


@pytest.mark.reach
def test_an_answered_request_survives_a_kill_of_the_server(place: str) -> None:
    """Kill -9; away, the server is named at once, and started again it has everything."""
    bucket = ImageBucket(place)
    digest = bucket.put(b"a print")
    server = s3_server.shared()
    server.kill()
    try:
        with pytest.raises(StoreUnavailable, match="does not answer"):
            bucket.get(digest)
    finally:
        server.start()
    assert bucket.get(digest) == b"a print"


def test_an_upload_that_is_cut_off_leaves_nothing(place: str) -> None:
    bucket = ImageBucket(place)
    content = b"a print" * 100_000
    digest = bucket.put(content)
    bucket.delete(digest)
    name = {"Bucket": bucket._bucket, "Key": f"{bucket._prefix}{digest[:2]}/{digest[2:4]}/{digest}"}
    target = urlsplit(bucket._client.generate_presigned_url("put_object", Params=name))
    with socket.create_connection((target.hostname, target.port)) as connection:
        head = f"PUT {target.path}?{target.query} HTTP/1.1\r\nHost: {target.netloc}\r\n"
        connection.sendall(f"{head}Content-Length: {len(content)}\r\n\r\n".encode() + content[: len(content) // 2])
    assert not bucket.holds(digest)
    assert list(bucket.digests()) == []
    assert "Uploads" not in bucket._client.list_multipart_uploads(Bucket=bucket._bucket)
    assert bucket.clear_incoming(timedelta()) == 0
