"""Write deploy/kubernetes.yaml from deploy/compose.yaml, so that there is one description of all settings.

usage: kubernetes.py [OUTPUT]

The proxy is left out: in a cluster, an Ingress controller takes its place.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import yaml

DEPLOY = Path(__file__).parents[2] / "deploy"
MANIFESTS = DEPLOY / "kubernetes.yaml"
IMAGE = "pehchan:latest"  # built from deploy/Dockerfile
SECRET = "pehchan"
PORTS = {"api": 8000, "postgres": 5432, "milvus": 19530, "seaweedfs": 8333, "cluster": 6379}
SIZES = {
    "postgres": "200Gi",
    "milvus": "50Gi",
    "seaweedfs": "500Gi",
    "prints": "50Gi",
    "api": "20Gi",
    "backup": "1000Gi",
}
DAILY = {"backup": "30 23 * * *", "retention": "30 1 * * *"}
JOINT = "backup-keys"  # the copy of the keys, which servers and jobs rewrite: a volume that several nodes can write
REPLICAS = {"prints": 2}  # where one machine has one: when a node is lost, its partitions start on the other
# What the scheduler keeps free for each part; raise it with the gallery (docs/scaling.md).
REQUESTS = {
    "api": {"cpu": "2", "memory": "4Gi"},
    "cluster": {"cpu": "500m", "memory": "1Gi"},
    "prints": {"cpu": "2", "memory": "4Gi"},
    "postgres": {"cpu": "1", "memory": "2Gi"},
    "milvus": {"cpu": "1", "memory": "4Gi"},
    "seaweedfs": {"cpu": "500m", "memory": "1Gi"},
    "backup": {"cpu": "500m", "memory": "1Gi"},
    "retention": {"cpu": "500m", "memory": "1Gi"},
}
LIMIT = 2  # times the memory that is kept free: a part that leaks is restarted before it starves its neighbours
SHARED = {"images"}  # a folder of all nodes, for installations without a bucket: not in a cluster
HEADER = """# Pehchan on Kubernetes: the services of compose.yaml, from which `scripts/kubernetes` writes this file.
#
#     docker build -f deploy/Dockerfile -t pehchan:latest .      # and push it where the cluster finds it
#     kubectl create secret generic pehchan --from-env-file=deploy/.env
#     kubectl apply -f deploy/kubernetes.yaml
#
# An Ingress controller with TLS stands in front of the service `api`; it replaces X-Forwarded-For and X-Forwarded-Proto
# as proxy.conf does, and FORWARDED_ALLOW_IPS below names its addresses. Sizes of volumes are examples.
"""
_REQUIRED = re.compile(r"\$\{(\w+):\?[^}]*\}")
_DEFAULT = re.compile(r"\$\{(\w+):?-([^}]*)\}")


def manifests() -> str:
    services = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]
    documents = [made for name, service in services.items() if name != "proxy" for made in _objects(name, service)]
    return HEADER + "---\n" + yaml.safe_dump_all(documents, sort_keys=False, width=200)


def _objects(name: str, service: dict[str, Any]) -> list[dict[str, Any]]:
    labels = {"app": "pehchan", "part": name}
    volumes, mounts, claims, objects = _volumes(name, service)
    memory = REQUESTS[name]["memory"]
    container: dict[str, Any] = {
        "name": name,
        "image": service.get("image", IMAGE),
        "args" if "image" in service else "command": [_filled(word) for word in _command(service)],
        "env": _environment(service.get("environment", {})),
        **({"ports": [{"containerPort": PORTS[name]}]} if name in PORTS else {}),
        **_probes(name, service),
        "resources": {
            "requests": REQUESTS[name],
            "limits": {"memory": f"{LIMIT * int(memory.removesuffix('Gi'))}Gi"},
        },
        "volumeMounts": mounts,
    }
    if "security_opt" in service:
        container["securityContext"] = {"seccompProfile": {"type": "Unconfined"}}
    pod: dict[str, Any] = {"containers": [container], "volumes": volumes, "enableServiceLinks": False}
    if name in ("api", "prints"):  # on different machines, where there are several
        apart = {"weight": 100, "podAffinityTerm": {"topologyKey": "kubernetes.io/hostname"}}
        apart["podAffinityTerm"] |= {"labelSelector": {"matchLabels": dict(labels)}}
        pod["affinity"] = {"podAntiAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": [apart]}}
    if "build" in service:
        container["securityContext"] = {"readOnlyRootFilesystem": True, "allowPrivilegeEscalation": False}
        container["securityContext"] |= {"capabilities": {"drop": ["ALL"]}}
        volumes.append({"name": "tmp", "emptyDir": {}})
        mounts.append({"name": "tmp", "mountPath": "/tmp"})
        pod["securityContext"] = {"runAsUser": 10001, "runAsNonRoot": True, "fsGroup": 10001}
    if "stop_grace_period" in service:
        pod["terminationGracePeriodSeconds"] = int(service["stop_grace_period"].removesuffix("s"))
    if name in DAILY:
        return [*objects, *_claimed(claims, volumes), _daily(name, labels, pod)]
    replicas = REPLICAS.get(name) or _filled(str(service.get("deploy", {}).get("replicas", 1)))
    workload = {
        "apiVersion": "apps/v1",
        "kind": "StatefulSet",
        "metadata": {"name": name, "labels": labels},
        "spec": {
            "replicas": int(replicas),
            "serviceName": name,
            "podManagementPolicy": "Parallel",
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": pod},
            "volumeClaimTemplates": claims,
        },
    }
    # Ray's processes call each other at any port, so that no service may stand between.
    spec: dict[str, Any] = {"selector": labels, "publishNotReadyAddresses": name == "cluster"}
    if name != "api":
        spec["clusterIP"] = "None"
    if name in PORTS:
        spec["ports"] = [{"port": PORTS[name]}]
    if int(replicas) > 1:  # a node that is drained waits until another has the part
        budget = {"maxUnavailable": 1, "selector": {"matchLabels": labels}}
        kind = {"apiVersion": "policy/v1", "kind": "PodDisruptionBudget"}
        objects.append(kind | {"metadata": {"name": name}, "spec": budget})
    return [*objects, {"apiVersion": "v1", "kind": "Service", "metadata": {"name": name}, "spec": spec}, workload]


def _claimed(claims: list[dict[str, Any]], volumes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the claims of a job as objects of their own, which outlive its runs, and add them to its volumes."""
    names = [claim["metadata"]["name"] for claim in claims]
    volumes += [{"name": name, "persistentVolumeClaim": {"claimName": name}} for name in names]
    return [{"apiVersion": "v1", "kind": "PersistentVolumeClaim"} | claim for claim in claims]


def _daily(name: str, labels: dict[str, str], pod: dict[str, Any]) -> dict[str, Any]:
    template = {"metadata": {"labels": labels}, "spec": pod | {"restartPolicy": "Never"}}
    job = {"spec": {"backoffLimit": 2, "template": template}}
    spec = {"schedule": DAILY[name], "concurrencyPolicy": "Forbid", "jobTemplate": job}
    return {"apiVersion": "batch/v1", "kind": "CronJob", "metadata": {"name": name, "labels": labels}, "spec": spec}


def _command(service: dict[str, Any]) -> list[str]:
    command = list(service["command"]) if "command" in service else []
    # The entry point of these images takes the rest as its arguments.
    return [str(word) for word in command]


def _environment(environment: dict[str, Any]) -> list[dict[str, Any]]:
    """Return variables: those without a default come from the secret, also as parts of others."""
    secrets: list[dict[str, Any]] = []
    plain: list[dict[str, Any]] = []
    for name, value in environment.items():
        text = str(value)
        whole = _REQUIRED.fullmatch(text)
        for secret in _REQUIRED.findall(text):
            own = name if whole else secret
            if own not in {each["name"] for each in secrets}:
                secrets.append({"name": own, "valueFrom": {"secretKeyRef": {"name": SECRET, "key": secret}}})
        if not whole:
            plain.append({"name": name, "value": _filled(_REQUIRED.sub(r"$(\1)", text))})
    return secrets + plain  # a variable refers only to those before it


def _filled(text: str) -> str:
    return _DEFAULT.sub(r"\2", text)


def _probes(name: str, service: dict[str, Any]) -> dict[str, Any]:
    if name == "api":  # the image's own check
        ready = {"httpGet": {"path": "/health/ready", "port": PORTS[name]}, "periodSeconds": 10, "timeoutSeconds": 10}
        live = {"httpGet": {"path": "/health/live", "port": PORTS[name]}, "periodSeconds": 10, "timeoutSeconds": 10}
        live["failureThreshold"] = 6  # a minute: a node that is only slow is not restarted
        start = ready | {"failureThreshold": 360}  # an hour: a first start fills the indexes, and saves them meanwhile
        return {"startupProbe": start, "readinessProbe": ready, "livenessProbe": live}
    check = service.get("healthcheck", {})
    if check.get("disable") or "test" not in check:
        return {}
    kind, *command = check["test"]
    probe = {
        "exec": {"command": ["sh", "-c", *command] if kind == "CMD-SHELL" else command},
        "periodSeconds": int(check["interval"].removesuffix("s")),
        "timeoutSeconds": int(check.get("timeout", "5s").removesuffix("s")),
        "failureThreshold": check["retries"],
    }
    if "start_period" in check:
        probe["initialDelaySeconds"] = int(check["start_period"].removesuffix("s"))
    return {"readinessProbe": probe}


def _volumes(
    name: str, service: dict[str, Any]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]], list[dict[str, Any]], list[dict[str, Any]]]:
    """Return volumes, mounts, claims, and the objects that hold files of this folder."""
    volumes, mounts, claims, objects = [], [], [], []
    places = [volume.split(":")[:2] for volume in service.get("volumes", ())]
    if "build" in service:
        if name in ("cluster", *DAILY):  # nothing that has to be kept
            volumes.append({"name": "scratch", "emptyDir": {}})
            mounts.append({"name": "scratch", "mountPath": "/data"})
        else:
            places.append(["data", "/data"])  # VOLUME of the image
    for source, place in places:
        if source.startswith("./"):
            file = DEPLOY / source
            files = {"metadata": {"name": file.stem}, "data": {file.name: file.read_text()}}
            objects.append({"apiVersion": "v1", "kind": "ConfigMap"} | files)
            volumes.append({"name": file.stem, "configMap": {"name": file.stem}})
            mounts.append({"name": file.stem, "mountPath": place, "subPath": file.name, "readOnly": True})
        elif source == JOINT:
            claim: dict[str, Any] = {"metadata": {"name": JOINT}, "spec": {"accessModes": ["ReadWriteMany"]}}
            claim["spec"]["resources"] = {"requests": {"storage": "1Gi"}}
            if name == "backup":
                objects.append({"apiVersion": "v1", "kind": "PersistentVolumeClaim"} | claim)
            volumes.append({"name": JOINT, "persistentVolumeClaim": {"claimName": JOINT}})
            mounts.append({"name": JOINT, "mountPath": place})
        elif source not in SHARED:
            storage = {"requests": {"storage": SIZES[name]}}
            spec = {"accessModes": ["ReadWriteOnce"], "resources": storage}
            claims.append({"metadata": {"name": source}, "spec": spec})
            mounts.append({"name": source, "mountPath": place})
    if "shm_size" in service:
        size = service["shm_size"].removesuffix("b").upper() + "i"
        volumes.append({"name": "shared-memory", "emptyDir": {"medium": "Memory", "sizeLimit": size}})
        mounts.append({"name": "shared-memory", "mountPath": "/dev/shm"})
    return volumes, mounts, claims, objects


if __name__ == "__main__":
    Path(sys.argv[1] if len(sys.argv) > 1 else MANIFESTS).write_text(manifests())
