"""What an operator can set of logs, metrics, bounds and the stop; docs/operations.md says more."""

from __future__ import annotations

import os
from enum import StrEnum

from pydantic import Field
from pydantic_settings import BaseSettings

from biometrics.kernel.technique.limits import MAX_TOGETHER_BYTES, MEGABYTE


class LogFormat(StrEnum):
    """How a line is written."""

    TEXT = "text"
    JSON = "json"


class LogLevel(StrEnum):
    """From which severity on."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class OperationSettings(BaseSettings):
    """Part of `api.settings.Settings`."""

    log_format: LogFormat = Field(default=LogFormat.TEXT, description="How the server logs: text, or json, a line each")
    log_level: LogLevel = Field(default=LogLevel.INFO, description="debug, info, warning or error")
    metrics_port: int = Field(
        default=0, ge=0, le=65_535, description="Port of GET /metrics, apart from the API's; 0: no metrics"
    )
    metrics_host: str = Field(default="127.0.0.1", description="Address where /metrics listens")
    traces: bool = Field(default=False, description="Send OpenTelemetry traces; needs the extra otel")
    work_at_once: int = Field(
        default=os.cpu_count() or 1, ge=1, description="Samples of searches and enrolments that run at once"
    )
    work_waiting: int = Field(
        default=max(1, (os.cpu_count() or 1) // 2),
        ge=0,
        description="Samples of them that may wait in addition; any more are refused with Retry-After",
    )
    work_wait_seconds: float = Field(default=20, gt=0, description="Longest wait of a request in seconds")
    client_work: int = Field(
        default=max(2, os.cpu_count() or 1), ge=1, description="Searches and enrolments of one client that run and wait"
    )
    client_requests: int = Field(default=100, ge=1, description="Requests of one address in progress, of any kind")
    header_seconds: float = Field(
        default=20, gt=0, description="In which a connection must have sent the header of a request, or is closed"
    )
    upload_seconds: float = Field(default=120, gt=0, description="In which a request must have arrived whole")
    uploads_mb: int = Field(
        default=MAX_TOGETHER_BYTES // MEGABYTE, ge=1, description="Megabytes of all requests in progress together"
    )
    answer_seconds: float = Field(default=110, gt=0, description="In which a request that has arrived is answered")
    stop_seconds: int = Field(default=60, ge=1, description="How long a stop waits for what runs")
    follow_seconds: float = Field(
        default=5, gt=0, description="Between two looks for what other servers have put in the database"
    )
    ready_lag: int = Field(
        default=10_000, ge=0, description="Changes that an index may be behind while the server calls itself ready"
    )
    ready_free_mb: int = Field(
        default=100,
        ge=0,
        description="Megabytes that each disk which is written to must have left while the server calls itself ready",
    )
