"""`python -m tests.bench [NAME…]`: run the benchmarks beside this file, or only those named.

A benchmark is a module with a `main()` that prints what it reached, as ratios within the one run.
"""

import importlib
import pkgutil
import sys
from collections.abc import Callable
from pathlib import Path


def benchmarks() -> dict[str, Callable[[], object]]:
    beside = [found.name for found in pkgutil.iter_modules([str(Path(__file__).parent)]) if found.name != "__main__"]
    modules = {name: importlib.import_module(f"tests.bench.{name}") for name in sorted(beside)}
    return {name: module.main for name, module in modules.items() if hasattr(module, "main")}


def main(chosen: list[str]) -> None:
    known = benchmarks()
    unknown = sorted(set(chosen) - set(known))
    if unknown:
        sys.exit(f"No benchmark named {', '.join(unknown)}. There are: {', '.join(known)}")
    for name in chosen or known:
        print(f"== {name}", flush=True)
        known[name]()


if __name__ == "__main__":
    main(sys.argv[1:])
