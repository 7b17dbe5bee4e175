"""Through the shipped nginx configuration: who a client is, pages on another port than the usual, cookies over TLS."""

from __future__ import annotations

import ssl
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from account_examples import OPERATOR, PASSWORD
from nginx import Proxy, proxying
from server import running
from sqlalchemy import select

from api.accounts.factory import accounts_of
from api.bootstrap.store import open_store
from api.http.csrf import SECURE_SESSION, SESSION
from api.settings import Settings
from biometrics.accounts.model import NewUser
from biometrics.kernel.access import Role, Unit
from biometrics.storage.audit.log import Action
from biometrics.storage.tables.audit import audit_entries

pytestmark = pytest.mark.debian_packages

FORGED = ("203.0.113.9", "127.0.0.1", "203.0.113.9, 127.0.0.1", "::1")


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(data_folder=tmp_path_factory.mktemp("behind") / "data", totp_required=False, _env_file=None)


@pytest.fixture(scope="module")
def proxy(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FORWARDED_ALLOW_IPS", "127.0.0.1")  # where the proxy is
        options = {"totp_required": "false", "sign_ins_per_minute": "5"}
        with running(settings.data_folder, **options) as server:
            port = httpx.URL(server.root).port
            assert port
            with proxying(tmp_path_factory.mktemp("nginx"), port) as opened:
                yield opened


def client_at(address: str, proxy: Proxy) -> httpx.Client:
    """Return a client that connects from an address of this machine."""
    context = ssl.create_default_context(cafile=str(proxy.certificate))
    transport = httpx.HTTPTransport(local_address=address, verify=context)
    return httpx.Client(transport=transport, timeout=120, follow_redirects=False)


def new_officer(settings: Settings) -> tuple[str, str]:
    """Make an account; return its login and one-time password."""
    login = f"officer-{uuid.uuid4().hex[:8]}"
    with open_store(settings).as_system("a test") as store:
        new = NewUser(login, "SI R. Patil", frozenset({Role.STATION_OFFICER}), Unit("27"))
        return login, accounts_of(settings, store).add_user(OPERATOR, new)[1]


def sign_in(client: httpx.Client, url: str, settings: Settings, origin: str) -> httpx.Response:
    login, once = new_officer(settings)
    form = {"login": login, "password": once, "new_password": PASSWORD}
    return client.post(f"{url}/app/sign-in", data=form, headers={"Origin": origin})


def test_sign_ins_are_throttled_by_the_address_that_a_client_has_not_by_the_one_that_it_names(proxy: Proxy) -> None:
    with client_at("127.0.0.2", proxy) as attacker, client_at("127.0.0.3", proxy) as other:
        codes: list[str] = []
        while "too_many_requests" not in codes and len(codes) < 25:
            body = {"login": f"nobody{len(codes)}", "password": "wrong"}  # one login alone would be locked
            forged = {"X-Forwarded-For": f"203.0.113.{len(codes)}", "Forwarded": f"for=203.0.113.{len(codes)}"}
            codes.append(attacker.post(f"{proxy.url}/api/v1/tokens", json=body, headers=forged).json()["code"])
        assert codes[-1] == "too_many_requests", codes
        named, body = {"X-Forwarded-For": "127.0.0.2"}, {"login": "somebody", "password": "wrong"}
        answer = other.post(f"{proxy.url}/api/v1/tokens", json=body, headers=named)
        assert answer.json()["code"] == "wrong_credentials"


def test_the_audit_log_holds_the_address_that_a_client_has(proxy: Proxy, settings: Settings) -> None:
    for number, forged in enumerate(FORGED):
        login, once = new_officer(settings)
        address = f"127.0.1.{number + 1}"
        body = {"login": login, "password": once, "new_password": PASSWORD}
        with client_at(address, proxy) as client:
            answer = client.post(f"{proxy.url}/api/v1/tokens", json=body, headers={"X-Forwarded-For": forged})
        assert answer.status_code == 201, answer.text
        with open_store(settings).as_system("a test") as store, store.database.reading() as connection:
            signed_in = select(audit_entries.c.address).where(audit_entries.c.action == Action.SIGNED_IN)
            last = connection.execute(signed_in.order_by(audit_entries.c.number.desc()).limit(1)).scalar()
        assert last == address, forged


def test_pages_on_another_port_than_the_usual_take_their_own_origin(proxy: Proxy, settings: Settings) -> None:
    with client_at("127.0.0.4", proxy) as client:
        answer = sign_in(client, proxy.url, settings, proxy.url)
        assert (answer.status_code, answer.headers.get("location")) == (303, "/app/"), answer.text
        assert not any("secure" in cookie.lower() for cookie in answer.headers.get_list("set-cookie"))
        for origin in ("http://127.0.0.1", "http://127.0.0.1:1", proxy.url.replace("http:", "https:"), "null"):
            assert sign_in(client, proxy.url, settings, origin).status_code == 403, origin


def test_over_tls_cookies_are_secure_and_the_origin_is_that_of_https(proxy: Proxy, settings: Settings) -> None:
    with client_at("127.0.0.5", proxy) as client:
        forged = {"X-Forwarded-Proto": "http"}
        client.headers.update(forged)
        answer = sign_in(client, proxy.tls_url, settings, proxy.tls_url)
        assert (answer.status_code, answer.headers.get("location")) == (303, "/app/"), answer.text
        cookies = answer.headers.get_list("set-cookie")
        assert cookies
        assert all("; Secure" in cookie for cookie in cookies)
        assert any(cookie.startswith(f"{SECURE_SESSION}=") and "Path=/" in cookie for cookie in cookies)
        assert answer.headers["strict-transport-security"].startswith("max-age=")
        assert client.get(f"{proxy.tls_url}/app/", headers={"Accept-Language": "en"}).status_code == 200
        planted = {"Cookie": f"{SESSION}={client.cookies[SECURE_SESSION]}"}  # as another host of the domain could
        with client_at("127.0.0.5", proxy) as other:
            assert other.get(f"{proxy.tls_url}/api/v1/me", headers=planted).status_code == 401
        plain = proxy.tls_url.replace("https:", "http:")
        assert sign_in(client, proxy.tls_url, settings, plain).status_code == 403


def test_a_client_of_the_plain_port_cannot_have_itself_taken_for_one_of_tls(proxy: Proxy, settings: Settings) -> None:
    with client_at("127.0.0.6", proxy) as client:
        client.headers["X-Forwarded-Proto"] = "https"
        answer = sign_in(client, proxy.url, settings, proxy.url)
        assert answer.status_code == 303
        assert not any("secure" in cookie.lower() for cookie in answer.headers.get_list("set-cookie"))


def test_the_proxy_puts_off_an_address_that_sends_too_much(proxy: Proxy) -> None:
    with (
        ThreadPoolExecutor(20) as pool,
        client_at("127.0.0.7", proxy) as greedy,
        client_at("127.0.0.8", proxy) as other,
    ):
        answers = pool.map(lambda _: greedy.get(f"{proxy.url}/health/live").status_code, range(600))
        assert set(answers) == {200, 429}
        assert other.get(f"{proxy.url}/health/live").status_code == 200


def test_the_files_of_the_proxy_are_mounted_where_they_are_looked_for() -> None:
    compose = (Path(__file__).parents[3] / "deploy" / "compose.yaml").read_text()
    assert "./proxy.conf:/etc/nginx/pehchan/proxy.conf:ro" in compose
