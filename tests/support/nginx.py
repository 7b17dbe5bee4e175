"""A real nginx with the shipped configuration in front of a server, on loopback addresses."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from server import free_port

DEPLOY = Path(__file__).parents[2] / "deploy"
START_SECONDS = 60

# What surrounds the shipped files in the image of nginx, without its paths.
MAIN = """
daemon off;
{user}
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/conf.d/*.conf;
}}
"""


class Proxy(NamedTuple):
    """Where the proxy answers, and the certificate that it shows."""

    url: str
    tls_url: str
    certificate: Path


@contextmanager
def proxying(folder: Path, *server_ports: int) -> Iterator[Proxy]:
    """Run nginx in front of the servers at some ports of 127.0.0.1; `folder` is for its files.

    The shipped files are used as they are, but for the names and places that only containers have.
    """
    result = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    assert result, "nginx is not here: apt-get install nginx-light"
    port, tls_port = free_port(), free_port()
    (folder / "conf.d").mkdir(parents=True)
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    _write_certificate(certificate, key)
    replaced = {
        "nginx.conf": {
            "server api:8000 resolve;": " ".join(f"server 127.0.0.1:{each};" for each in server_ports),
            "listen 8000;": f"listen {port};",
        },
        "tls.conf": {
            "listen 8443 ssl;": f"listen {tls_port} ssl;",
            "/etc/nginx/tls/certificate.pem": str(certificate),
            "/etc/nginx/tls/key.pem": str(key),
        },
    }
    for name, words in replaced.items():
        text = (DEPLOY / name).read_text()
        for shipped, here in {**words, "/etc/nginx/pehchan/proxy.conf": str(DEPLOY / "proxy.conf")}.items():
            assert text.count(shipped) == 1, shipped
            text = text.replace(shipped, here)
        (folder / "conf.d" / name).write_text(text)
    own_user = f"user {folder.owner()};" if folder.owner() == "root" else ""
    (folder / "nginx.conf").write_text(MAIN.format(folder=folder, user=own_user))
    running = subprocess.Popen([result, "-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log")])
    try:
        for item in (port, tls_port):
            _wait(running, item, folder / "error.log")
        yield Proxy(f"http://127.0.0.1:{port}", f"https://127.0.0.1:{tls_port}", certificate)
    finally:
        running.terminate()
        running.wait(60)


def _wait(running: subprocess.Popen[bytes], port: int, log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        assert running.poll() is None, log.read_text()
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5):
            return
        time.sleep(0.05)
    raise AssertionError("nginx did not start in time")


def _write_certificate(certificate: Path, key: Path) -> None:
    """Write a self-signed certificate of 127.0.0.1 and its key."""
    own = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(own.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(own, hashes.SHA256())
    )
    certificate.write_bytes(made.public_bytes(Encoding.PEM))
    key.write_bytes(own.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
