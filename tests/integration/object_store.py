"""An object store on this machine: moto's server, with Amazon's own protocol over HTTP."""

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.request import Request, urlopen

import pytest

REGION = "ap-southeast-1"


@dataclass
class ObjectStore:
    """endpoint: what AWS_ENDPOINT_URL has to be. before: called with method and path of each request, which waits;
    where it returns True the request is refused."""

    endpoint: str = ""
    before: Callable[[str, str], object] = lambda method, path: None

    def environment(self) -> dict[str, str]:
        """What leads a program there; the key is made up, as the store takes any."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": "made-up",
            "AWS_SECRET_ACCESS_KEY": "made-up",
            "AWS_DEFAULT_REGION": REGION,
        }


@contextmanager
def object_store(*buckets: str) -> Iterator[ObjectStore]:
    """The store listens inside the block, with these buckets, and the environment leads there."""
    import s3fs
    from moto.server import DomainDispatcherApplication, create_backend_app
    from werkzeug.serving import WSGIRequestHandler, make_server

    class Quiet(WSGIRequestHandler):
        def log(self, type: str, message: str, *args: Any) -> None:
            """Nothing: the output belongs to the tests."""

    store, application = ObjectStore(), DomainDispatcherApplication(create_backend_app)

    def listened_to(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if store.before(environ["REQUEST_METHOD"], environ["PATH_INFO"]) is True:
            start_response("403 Forbidden", [("Content-Type", "application/xml")])
            return [b"<Error><Code>AccessDenied</Code><Message>refused</Message></Error>"]
        return application(environ, start_response)

    server = make_server("127.0.0.1", 0, listened_to, threaded=True, request_handler=Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    store.endpoint = f"http://127.0.0.1:{server.server_port}"
    with pytest.MonkeyPatch.context() as environment:
        for name, value in store.environment().items():
            environment.setenv(name, value)
        s3fs.S3FileSystem.clear_instance_cache()  # of a store that listened before
        urlopen(Request(f"{store.endpoint}/moto-api/reset", method="POST")).close()  # its objects are the process's
        for bucket in buckets:
            s3fs.S3FileSystem().mkdir(bucket, region_name=REGION)
        yield store
    s3fs.S3FileSystem.clear_instance_cache()
    server.shutdown()
    server.server_close()
