"""Traces: a span a request, a span a stage inside it, and nothing of what was sent."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from inputs import photo_of
from officers import Officer

from api.app import create_app
from api.observability.tracing import Tracing
from api.settings import Settings
from biometrics.kernel.errors import ExtraMissing

sdk = pytest.importorskip("opentelemetry.sdk.trace", reason="the extra otel is not installed")


@pytest.mark.slow
def test_the_stages_of_a_search_are_spans_of_its_request(tmp_path: Path) -> None:
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

    kept = InMemorySpanExporter()
    provider = sdk.TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(kept))
    settings = Settings(data_folder=tmp_path / "data", database_url="", _env_file=None)
    caller = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    with Officer(create_app(settings, Tracing(provider))) as client:
        files = {"photo": ("Farida.jpg", photo_of(0))}
        assert client.post("/api/v1/identify", files=files, headers={"traceparent": caller}).status_code == 201
        client.get("/api/v1/records", params={"name": "Farida"})
        spans = kept.get_finished_spans()
    request = next(span for span in spans if span.name == "POST /api/v1/identify")
    assert request.parent.span_id == 0xB7AD6B7169203331
    stages = {span.name: span for span in spans if span.parent and span.parent.span_id == request.context.span_id}
    assert stages.keys() == {"decode", "extract", "index", "match", "score", "store"}
    assert {span.context.trace_id for span in stages.values()} == {0x0AF7651916CD43DD8448EB211C80319C}
    assert "GET /api/v1/records" in {span.name for span in spans}
    assert not [span for span in spans if "Farida" in span.to_json()]


def test_without_the_extra_the_setting_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)
    with pytest.raises(ExtraMissing, match=r"pip install 'pehchan\[otel\]'"):
        create_app(Settings(data_folder=tmp_path, traces=True, _env_file=None))
