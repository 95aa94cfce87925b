"""A Redis of this machine, as Debian's `redis-server` runs it: what Celery's workers take their tasks from."""

import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_urlsafe

import redis

from tests.integration.letterbox import free_port


@contextmanager
def redis_server(folder: Path) -> Iterator[str]:
    """The server is up inside the block, on loopback, with a password; yields its BAOCAO_BROKER_URL."""
    program = shutil.which("redis-server")
    assert program, "Workers are tested with Redis, and there is none. Debian: apt-get install redis-server"
    port, password = free_port(), token_urlsafe(12)
    configuration = folder / "redis.conf"
    lines = ["bind 127.0.0.1", f"port {port}", f"requirepass {password}", 'save ""', f"dir {folder}"]
    configuration.write_text("\n".join(lines))
    server = subprocess.Popen([program, str(configuration)], stdout=subprocess.DEVNULL)
    try:
        address = f"redis://:{password}@127.0.0.1:{port}/0"
        _wait_for(redis.Redis.from_url(address))
        yield address
    finally:
        server.terminate()
        server.wait()


def _wait_for(client: redis.Redis, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while True:
        try:
            client.ping()
            return
        except redis.ConnectionError:
            assert time.monotonic() < deadline, "Redis does not answer"
            time.sleep(0.05)
