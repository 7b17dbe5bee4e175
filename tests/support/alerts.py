"""The alert rules that operators are given."""

from __future__ import annotations

from pathlib import Path

import yaml

ALERTS = Path(__file__).parents[2] / "deploy/alerts.yaml"


def alert_expressions() -> list[str]:
    groups = yaml.safe_load(ALERTS.read_text())["groups"]
    return [rule["expr"] for group in groups for rule in group["rules"]]
