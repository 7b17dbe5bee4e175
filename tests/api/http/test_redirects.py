"""A redirect leads to this host, whatever the Host header of the request says."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient


@pytest.mark.parametrize(
    ("path", "location"),
    [
        ("/api/v1/records/", "/api/v1/records"),
        ("/app", "/app/"),
        ("/", "/app/"),
        ("/api/v1/users/?a=//b", "/api/v1/users?a=//b"),
    ],
)
def test_a_redirect_names_no_host(client: TestClient, path: str, location: str) -> None:
    for host in ("other.example", "other.example:8080"):
        answer = client.get(path, headers={"Host": host}, follow_redirects=False)
        assert (answer.status_code // 100, answer.headers["location"]) == (3, location)


@pytest.mark.parametrize("path", ["//other.example/", "//other.example/..", "/%2fother.example/", "/\\other.example/"])
def test_a_path_that_begins_like_a_host_redirects_to_no_host(client: TestClient, path: str) -> None:
    answer = client.get(f"http://testserver{path}", follow_redirects=False)
    assert not answer.headers.get("location", "").startswith(("//", "/\\", "http://other"))
