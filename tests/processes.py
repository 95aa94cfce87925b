"""Tests run in several processes at the same time: which one this is."""

import os

PROCESS = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
