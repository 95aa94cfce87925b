"""A collector of OpenTelemetry's traces on this machine: what it was sent over OTLP/HTTP, by name."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from gzip import decompress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest


@dataclass
class Collected:
    """endpoint: what OTEL_EXPORTER_OTLP_ENDPOINT has to be; paths: where anything was sent; spans: those of traces."""

    endpoint: str = ""
    paths: set[str] = field(default_factory=set)
    spans: list[Any] = field(default_factory=list)

    def named(self, name: str) -> list[Any]:
        return [span for span in self.spans if span.name == name]


def attributes(span: Any) -> dict[str, Any]:
    return {each.key: getattr(each.value, each.value.WhichOneof("value")) for each in span.attributes}


@contextmanager
def collecting() -> Iterator[Collected]:
    collected = Collected()

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            collected.paths.add(self.path)
            if self.path == "/v1/traces":
                is_packed = self.headers.get("Content-Encoding") == "gzip"
                sent = ExportTraceServiceRequest.FromString(decompress(body) if is_packed else body)
                collected.spans += [
                    span for resource in sent.resource_spans for scope in resource.scope_spans for span in scope.spans
                ]
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Collector) as server:
        collected.endpoint = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield collected
        server.shutdown()
