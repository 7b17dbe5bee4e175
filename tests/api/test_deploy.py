"""The files of `deploy/` say what the code understands; no container engine runs them here."""

from __future__ import annotations

import re
from ipaddress import ip_address, ip_network
from pathlib import Path

import kubernetes
import pytest
import yaml

from api.server import run_server
from api.settings import Settings
from biometrics.kernel.errors import InvalidField
from biometrics.kernel.technique.limits import MAX_REQUEST_BYTES

DEPLOY = Path(__file__).parents[2] / "deploy"
COMPOSE, DOCKERFILE, EXAMPLE, UNIT, *DAILY = (
    DEPLOY / name
    for name in (
        "compose.yaml",
        "Dockerfile",
        "example.env",
        "pehchan.service",
        "pehchan-backup.service",
        "pehchan-retention.service",
    )
)
ONE_CONTAINER = DEPLOY.parent / "compose.yaml"


def exampled() -> set[str]:
    return set(re.findall(r"^([A-Z0-9_]+)=", EXAMPLE.read_text(), re.MULTILINE))


@pytest.mark.parametrize(
    "path",
    [COMPOSE, ONE_CONTAINER, DOCKERFILE, EXAMPLE, UNIT, *DAILY],
    ids=lambda path: str(path.relative_to(DEPLOY.parent)),
)
def test_every_setting_named_is_one_of_the_program(path: Path) -> None:
    """A setting of another name would be ignored, and the node would run on its own embedded database."""
    named = set(re.findall(r"PEHCHAN_[A-Z_]+", path.read_text()))
    assert named
    assert named <= {f"PEHCHAN_{field.upper()}" for field in Settings.model_fields}


@pytest.mark.parametrize("unit", DAILY, ids=lambda unit: unit.stem)
def test_daily_work_is_done_on_the_data_of_the_server(unit: Path) -> None:
    """As the same user, with its key; a unit that sets no user runs as one of the unit's name."""

    def lines(unit: Path) -> set[str]:
        shared = ("Environment=P", "Environment=N", "EnvironmentFile", "LoadC", "DynamicUser", "StateD", "CacheD")
        return {line for line in unit.read_text().splitlines() if line.startswith(shared)}

    assert lines(unit) == lines(UNIT)
    assert "User=pehchan\n" in unit.read_text()
    assert "OnCalendar=" in unit.with_suffix(".timer").read_text()


def test_every_variable_of_the_compose_file_has_a_default_or_is_in_the_example() -> None:
    used = re.findall(r"\$\{([A-Z0-9_]+)(:?[-?]?)", COMPOSE.read_text())
    assert used
    assert {name for name, otherwise in used if "-" not in otherwise} <= exampled()
    assert exampled() <= {name for name, _ in used}


def test_the_proxy_lets_through_what_a_node_takes() -> None:
    megabytes = re.search(r"client_max_body_size (\d+)m;", (DEPLOY / "proxy.conf").read_text())
    assert megabytes
    assert int(megabytes[1]) * 2**20 >= MAX_REQUEST_BYTES


def test_the_compose_file_holds_together() -> None:
    compose = yaml.safe_load(COMPOSE.read_text())
    services = compose["services"]
    for name, service in services.items():
        assert ("image" in service) != ("build" in service), name
        for other, wait in service.get("depends_on", {}).items():
            assert wait["condition"] == "service_healthy"
            assert "healthcheck" in services[other] or "HEALTHCHECK" in DOCKERFILE.read_text()
        for volume in service.get("volumes", ()):
            source, place, *_ = volume.split(":")
            assert place.startswith("/")
            assert (DEPLOY / source).is_file() if source.startswith(".") else source in compose["volumes"]
    build = services["api"]["build"]
    assert (DEPLOY / build["context"] / build["dockerfile"]).resolve() == DOCKERFILE
    assert services["api"]["environment"]["PEHCHAN_DATABASE_URL"].startswith("postgresql://")
    assert "images:/data/images" in services["api"]["volumes"]
    published = {port for service in services.values() for port in service.get("ports", ())}
    assert published == {"127.0.0.1:8000:8000"}  # other machines reach it through a proxy with TLS


def test_one_container_needs_nothing_but_its_volumes() -> None:
    """It is what `docker compose up` starts in a checkout: SQLite, and the key apart from the data that it opens."""
    compose = yaml.safe_load(ONE_CONTAINER.read_text())
    assert compose["name"] != yaml.safe_load(COMPOSE.read_text())["name"]  # or they would share volumes
    (service,) = compose["services"].values()
    build = service["build"]
    assert (ONE_CONTAINER.parent / build["context"] / build["dockerfile"]).resolve() == DOCKERFILE
    assert "${" not in ONE_CONTAINER.read_text()
    settings = Settings(_env_file=None)
    assert settings.database_url == settings.vectors_url == settings.images_url == ""
    volumes = dict(volume.split(":") for volume in service["volumes"] if ":" in volume)
    assert set(volumes) == set(compose["volumes"])
    image = dict(re.findall(r"\b(\w+)=(/\S+)", DOCKERFILE.read_text()))
    assert volumes["data"] == image["PEHCHAN_DATA_FOLDER"]
    key = Path(service["environment"]["PEHCHAN_MASTER_KEY_FILE"])
    assert str(key.parent) == volumes["key"]
    assert re.search(rf"chown .* {volumes['data']} {volumes['key']}\b", DOCKERFILE.read_text())
    assert service["read_only"]
    assert service["ports"] == ["127.0.0.1:8000:8000"]  # other machines reach it through a proxy with TLS


def test_nodes_believe_the_proxy_alone_about_who_a_client_is() -> None:
    compose = yaml.safe_load(COMPOSE.read_text())
    own = ip_address(compose["services"]["proxy"]["networks"]["default"]["ipv4_address"])
    (network,) = compose["networks"]["default"]["ipam"]["config"]
    assert compose["services"]["api"]["environment"]["FORWARDED_ALLOW_IPS"] == str(own)
    assert own in ip_network(network["subnet"])
    assert own not in ip_network(network["ip_range"])
    assert own != ip_network(network["subnet"])[1]  # the gateway's


def test_a_server_that_would_believe_everybody_does_not_start(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for trusted in ("*", "127.0.0.1, *", "0.0.0.0/0", "127.0.0.1, ::/0", "0.0.0.0/1,128.0.0.0/1", "10.0.0.0/8"):
        monkeypatch.setenv("FORWARDED_ALLOW_IPS", trusted)
        with pytest.raises(InvalidField, match="forge"):
            run_server(Settings(data_folder=tmp_path, _env_file=None), "127.0.0.1", 0)


def test_the_nodes_keep_their_images_in_the_object_store_of_the_file() -> None:
    services = yaml.safe_load(COMPOSE.read_text())["services"]
    node, store = (services[name]["environment"] for name in ("api", "seaweedfs"))
    assert node["PEHCHAN_IMAGES_URL"] == "${PEHCHAN_IMAGES_URL-s3://pehchan-images}"
    assert node["AWS_ENDPOINT_URL"] == "http://seaweedfs:8333"
    assert "-s3.port=8333" in services["seaweedfs"]["command"]
    assert "seaweedfs" in services["api"]["depends_on"]
    assert store.items() <= node.items()


def test_the_nodes_and_the_partitions_join_one_cluster_with_one_token() -> None:
    services = yaml.safe_load(COMPOSE.read_text())["services"]
    address = services["api"]["environment"]["PEHCHAN_CLUSTER_URL"].removeprefix("${PEHCHAN_CLUSTER_URL-").rstrip("}")
    host, _, port = address.partition(":")
    assert f"--port={port}" in services[host]["command"]
    assert f"--address={address}" in services["prints"]["command"]
    assert f"ray start --address={address} " in services["api"]["command"][-1]
    assert services[host]["environment"] == services["prints"]["environment"]
    assert services[host]["environment"].items() <= services["api"]["environment"].items()


def test_the_manifests_of_kubernetes_are_those_of_the_compose_file() -> None:
    """One description of all settings: `scripts/kubernetes` writes the one from the other."""
    assert kubernetes.MANIFESTS.read_text() == kubernetes.manifests(), "run scripts/kubernetes"
    documents = [each for each in yaml.safe_load_all(kubernetes.MANIFESTS.read_text()) if each]
    containers = {
        each["metadata"]["name"]: workload["template"]["spec"]["containers"][0]
        for each in documents
        if (spec := each.get("spec")) and "template" in (workload := spec.get("jobTemplate", {"spec": spec})["spec"])
    }
    services = yaml.safe_load(COMPOSE.read_text())["services"]
    assert containers.keys() == services.keys() - {"proxy"}
    for name, container in containers.items():
        variables = {each["name"]: each for each in container["env"]}
        assert variables.keys() >= services[name].get("environment", {}).keys()
        assert all("$" + "{" not in each.get("value", "") for each in variables.values())
    assert len({container["name"] for container in containers.values()}) == len(containers)


def test_an_empty_variable_of_a_path_is_not_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """As in .env files and compose files; as a path it would be the current folder."""
    for name in ("MASTER_KEY_FILE", "MODELS_FOLDER", "CALIBRATION_FOLDER", "OPERATOR_MANIFEST", "ITL_TABLE"):
        monkeypatch.setenv(f"PEHCHAN_{name}", "")
    settings = Settings(data_folder=tmp_path, _env_file=None)
    assert settings.master_key_file is settings.calibration_folder is settings.operator_manifest is None
    assert settings.itl_table is None
    assert settings.resolved_models_folder.is_relative_to(tmp_path)
