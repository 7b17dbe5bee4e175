"""Traces for OpenTelemetry, where the extra `otel` is installed and PEHCHAN_TRACES is set; nothing otherwise.

OpenTelemetry's own variables (OTEL_EXPORTER_OTLP_ENDPOINT and others) set the destination and the sampling.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING

from starlette.datastructures import Headers

from biometrics.kernel.errors import ExtraMissing

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider


class Untraced:
    """Opens no spans."""

    def stage(self, name: str) -> AbstractContextManager[object]:
        """Return what does nothing."""
        return nullcontext()

    def request(
        self, method: str, request_id: str, headers: Headers
    ) -> AbstractContextManager[Callable[[str, int], None]]:
        """Return what does nothing."""
        return nullcontext(lambda route, status: None)

    def close(self) -> None:
        """Do nothing."""


class Tracing(Untraced):
    """Spans of requests and, in them, of stages. They hold the route, the status and the request's id, no more."""

    def __init__(self, provider: TracerProvider | None = None) -> None:
        """Send spans by OTLP over HTTP, or to a provider that is given.

        Raises:
            ExtraMissing: OpenTelemetry is not installed.
        """
        try:
            from opentelemetry import propagate, trace
            from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
            from opentelemetry.sdk.resources import Resource
            from opentelemetry.sdk.trace import TracerProvider
            from opentelemetry.sdk.trace.export import BatchSpanProcessor
        except ModuleNotFoundError as error:
            raise ExtraMissing("PEHCHAN_TRACES needs OpenTelemetry; run: pip install 'pehchan[otel]'.") from error
        if provider is None:
            provider = TracerProvider(resource=Resource.create({"service.name": "pehchan"}))
            provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
        self._provider = provider
        self._tracer = provider.get_tracer("pehchan")
        self._incoming = propagate.extract
        self._server = trace.SpanKind.SERVER

    def stage(self, name: str) -> AbstractContextManager[object]:
        """Open the span of a stage. Exceptions are recorded by class only: their messages may quote the request."""
        opened: AbstractContextManager[object] = self._tracer.start_as_current_span(
            name, record_exception=False, set_status_on_exception=False
        )
        return opened

    @contextmanager
    def request(self, method: str, request_id: str, headers: Headers) -> Iterator[Callable[[str, int], None]]:
        """Open the span of a request, as part of the caller's trace where it names one."""
        context = self._incoming(headers)
        with self._tracer.start_as_current_span(
            method, context, self._server, record_exception=False, set_status_on_exception=False
        ) as span:

            def finish(route: str, status: int) -> None:
                span.update_name(f"{method} {route}")
                span.set_attribute("http.request.method", method)
                span.set_attribute("http.route", route)
                span.set_attribute("http.response.status_code", status)
                span.set_attribute("pehchan.request_id", request_id)

            yield finish

    def close(self) -> None:
        """Send what is left."""
        self._provider.shutdown()
