"""The original image files in a bucket of an S3-compatible store: AWS, MinIO, Ceph, SeaweedFS …"""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

from boto3.session import Session
from botocore.awsrequest import (
    AWSConnection,
    AWSHTTPConnection,
    AWSHTTPConnectionPool,
    AWSHTTPSConnection,
    AWSHTTPSConnectionPool,
)
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError, ParamValidationError
from urllib3.exceptions import HTTPError

from biometrics.kernel.errors import StoreRefused, StoreUnavailable
from biometrics.kernel.technique.deadlines import CallPlaces, SocketWatch
from biometrics.storage.blobs.folder import MISSING, ImageStore

CONNECTIONS = 24  # calls at once: fewer than threads that answer requests, so that a slow store does not take all
PATIENCE = 5.0  # seconds that a call waits to be one of them
SECONDS = 30.0  # for one call in all, its second try included

CONFIG = Config(
    connect_timeout=3,  # seconds
    read_timeout=10,  # seconds without a byte
    retries={"mode": "standard", "total_max_attempts": 2},
    max_pool_connections=CONNECTIONS,
    # The request is signed with the SHA-256 of its body, so a store that knows no newer checksums still notices damage.
    s3={"payload_signing_enabled": True},
    request_checksum_calculation="when_required",
    response_checksum_validation="when_required",
)

_IMAGE = re.compile("[0-9a-f]{2}/[0-9a-f]{2}/([0-9a-f]{64})")
_ABSENT = ("404", "NoSuchKey", "NoSuchBucket")
_USERS = "users/"


# The deadline of the call that runs in this thread. botocore's own timeouts count from the last byte.
_WATCH: ContextVar[SocketWatch | None] = ContextVar("deadline of a call to the image store", default=None)


class _Watched(AWSConnection):  # botocore has no types
    """A connection that is cut at the deadline of the call that uses it."""

    def _new_conn(self) -> socket.socket:
        connected: socket.socket = super()._new_conn()
        _watch(connected)
        return connected

    def request(self, *args: Any, **options: Any) -> Any:
        if self.sock is not None:  # kept open since an earlier call
            _watch(self.sock)
        return super().request(*args, **options)


class _WatchedHTTP(_Watched, AWSHTTPConnection):
    """The same over HTTP."""


class _WatchedHTTPS(_Watched, AWSHTTPSConnection):
    """The same over HTTPS."""


class _HTTPPool(AWSHTTPConnectionPool):
    ConnectionCls = _WatchedHTTP


class _HTTPSPool(AWSHTTPSConnectionPool):
    ConnectionCls = _WatchedHTTPS


_POOLS = {"http": _HTTPPool, "https": _HTTPSPool}


def _watch(connected: socket.socket) -> None:
    if (watch := _WATCH.get()) is not None:
        watch.add(connected)


class ImageBucket(ImageStore):
    """Image files as objects; the one of digest abcdef… is PREFIX/ab/cd/abcdef…, so that a folder's copy is a bucket.

    Where the server is and the keys to it are read as every AWS program reads them: AWS_ENDPOINT_URL,
    AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION, or a profile, or the machine's role.
    """

    def __init__(self, url: str) -> None:
        """Use s3://bucket/prefix; the bucket is created where absent.

        Raises:
            StoreUnavailable: not such a URL; or the store does not answer, refuses the keys or the bucket.
        """
        parts = urlsplit(url)
        if parts.scheme != "s3" or not parts.netloc or parts.query or parts.fragment:
            raise StoreUnavailable(f"{url} names no image store; write s3://bucket or s3://bucket/prefix.")
        self.place = url.rstrip("/")
        self.calls, self.seconds = CallPlaces(CONNECTIONS, PATIENCE), SECONDS
        self._bucket, self._prefix = parts.netloc, "".join(f"{part}/" for part in parts.path.split("/") if part)
        with self._translated():
            self._client: Any = Session().client("s3", config=CONFIG)
            self._client._endpoint.http_session._manager.pool_classes_by_scheme = _POOLS
            try:
                self._client.head_bucket(Bucket=self._bucket)
            except ClientError as error:
                if _code(error) not in _ABSENT:
                    raise
                self._create()

    def refused_within(self, seconds: float) -> bool:
        """Return whether a call was refused lately: the store kept too many others waiting."""
        return self.calls.refused_within(seconds)

    def write(self, digest: str, content: bytes) -> None:
        """Put the object in one request, which the store takes whole or not at all."""
        self._put(_key(digest), content)

    def read(self, digest: str) -> bytes:
        """Return the object of a digest as it is."""
        return self._get(_key(digest))

    def holds(self, digest: str) -> bool:
        """Say whether there is an object of this digest."""
        with self._translated():
            try:
                self._client.head_object(Bucket=self._bucket, Key=self._prefix + _key(digest))
            except ClientError as error:
                if _code(error) not in _ABSENT:
                    raise
                return False
            return True

    def delete(self, digest: str) -> None:
        """Remove the object of a digest, where there is one."""
        with self._translated():
            self._client.delete_object(Bucket=self._bucket, Key=self._prefix + _key(digest))

    def names(self, age: timedelta, part: str = "") -> Iterator[str]:
        """Walk through the digests of such objects, which are listed a thousand at a time."""
        for key, written in self._keys(part):
            if written >= age and (image := _IMAGE.fullmatch(key)):
                yield image[1]

    def clear_incoming(self, age: timedelta) -> int:
        """Find nothing: an upload that was cut off leaves nothing behind, since it is never made in parts."""
        return 0

    def mark(self, name: str, content: bytes) -> None:
        """Put users/NAME."""
        self._put(_USERS + name, content)

    def marks(self) -> dict[str, bytes]:
        """Get users/*."""
        return {key.removeprefix(_USERS): self._get(key) for key, _ in self._keys(_USERS)}

    def _put(self, key: str, content: bytes) -> None:
        with self._translated():
            self._client.put_object(Bucket=self._bucket, Key=self._prefix + key, Body=content)

    def _get(self, key: str) -> bytes:
        with self._translated():
            response = self._client.get_object(Bucket=self._bucket, Key=self._prefix + key)
            with closing(response["Body"]) as body:  # the connection too, where the object is cut off
                return bytes(body.read())

    def _keys(self, under: str) -> Iterator[tuple[str, timedelta]]:
        """Walk through the keys, each with how long ago the object was written, by the server's clock."""
        paginator = self._client.get_paginator("list_objects_v2")
        pages = iter(paginator.paginate(Bucket=self._bucket, Prefix=self._prefix + under))
        while True:
            with self._translated():
                page = next(pages, None)
            if page is None:
                return
            now = parsedate_to_datetime(page["ResponseMetadata"]["HTTPHeaders"]["date"])
            for entry in page.get("Contents", ()):
                written: datetime = entry["LastModified"].replace(microsecond=0)  # as the header, to the second
                yield entry["Key"].removeprefix(self._prefix), now - written

    def _create(self) -> None:
        try:
            self._client.create_bucket(Bucket=self._bucket)
        except ClientError as error:
            if _code(error) not in ("BucketAlreadyOwnedByYou", "BucketAlreadyExists"):  # another node was faster
                raise StoreUnavailable(
                    f"The bucket of {self.place} is not there, and cannot be created ({_code(error)}); create it."
                ) from error

    @contextmanager
    def _translated(self) -> Iterator[None]:
        """Make one call in its turn and before its deadline, and turn what goes wrong into an error of ours."""
        try:
            with self.calls.slot(), SocketWatch(self.seconds) as watch:
                token = _WATCH.set(watch)
                try:
                    yield
                    watch.check()  # an answer that was cut short can look as if it were complete
                    self.refusal = ""
                finally:
                    _WATCH.reset(token)
        except ClientError as error:
            raise self._error_of(error) from error
        except NoCredentialsError as error:
            self.refusal = f"There are no keys to {self.place}; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."
            raise StoreRefused(self.refusal) from error
        except ParamValidationError as error:
            raise StoreUnavailable(f"{self.place} names no bucket; write s3://bucket or s3://bucket/prefix.") from error
        except (BotoCoreError, HTTPError, OSError, ValueError) as error:  # ValueError: an endpoint that is no URL
            raise StoreUnavailable(
                f"The image store {self.place} does not answer; check that it runs, and AWS_ENDPOINT_URL."
            ) from error

    def _error_of(self, error: ClientError) -> StoreUnavailable:
        if _code(error) == "NoSuchKey":
            return StoreUnavailable(MISSING)
        if error.response["ResponseMetadata"]["HTTPStatusCode"] in (401, 403):
            self.refusal = f"The image store {self.place} refuses the keys; check AWS_ACCESS_KEY_ID and what it may do."
            return StoreRefused(self.refusal)
        why = f"The image store {self.place} refuses the request ({_code(error)}); check its disk and its log."
        return StoreUnavailable(why)


def _key(digest: str) -> str:
    return f"{digest[:2]}/{digest[2:4]}/{digest}"


def _code(error: ClientError) -> str:
    return str(error.response["Error"]["Code"])
