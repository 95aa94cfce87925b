"""A warehouse of a benchmark's own: its server, its files, gone when the benchmark ends.

BAOCAO_BENCH_HOME names a folder that stays instead: the next run of a benchmark that reads a history finds it made.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from warehouse import database


@contextmanager
def bench_home() -> Iterator[Path]:
    """An empty BAOCAO_HOME on a fresh embedded server."""
    kept = os.environ.get("BAOCAO_BENCH_HOME")
    home = Path(kept or tempfile.mkdtemp(prefix="baocao-bench-"))
    home.mkdir(exist_ok=True)
    home.chmod(0o755)  # as root the server runs as another user, who has to get in
    before = {name: os.environ.pop(name, None) for name in ("BAOCAO_HOME", "BAOCAO_DATABASE_URL", "BAOCAO_NOW")}
    os.environ["BAOCAO_HOME"] = str(home)
    try:
        yield home
    finally:
        database.cluster().stop()
        del os.environ["BAOCAO_HOME"]
        os.environ.update({name: value for name, value in before.items() if value is not None})
        if not kept:
            shutil.rmtree(home)
