"""`make fuzz GUIDED=yes`: files that reach lines of `ingest` that no file before them reached, by atheris.

    make fuzz GUIDED=yes MINUTES=15 SEED=7

libFuzzer keeps a changed file when it covers something new, and changes it further; the changes are those of
tests/fuzz/mutations.py, so that a zip stays one. It ends at the first problem, whose file is kept beside the system's
temporary files. atheris is no dependency of the project: the Makefile installs it beside the environment.
"""

import os
import random
import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["ingest"]):
    from tests.fuzz.examine import examine

from tests.fuzz import grammar, mutations

MADE_UP = 200
LARGEST = 200_000
SLOWEST_SECONDS, MOST_MEMORY_MB = 60, 3000
CHANGED_BY_BYTES = 0.2
"""Of the changes, those that libFuzzer makes of the bytes themselves."""


def changed(data: bytes, max_size: int, seed: int) -> bytes:
    """A file near the given one."""
    chance = random.Random(seed)
    if chance.random() < CHANGED_BY_BYTES:
        return bytes(atheris.Mutate(data, max_size))
    return mutations.mutated(data, chance)[:max_size]


def examine_or_fail(data: bytes) -> None:
    """Raises AssertionError for a file that ends in anything but reports or a reason."""
    problems = examine(data).problems if data else []
    assert not problems, "; ".join(problems)


def main() -> None:
    """Fill the folder of files to begin with, and go on until the time is up."""
    minutes, seed = float(os.environ.get("MINUTES") or 24), int(os.environ.get("SEED") or random.randrange(10**6))
    place = Path(tempfile.mkdtemp(prefix=f"baocao-guided-{seed}-"))
    corpus = place / "corpus"
    corpus.mkdir()
    chance = random.Random(seed)
    for number, data in enumerate([*mutations.originals(), *(grammar.made_up(chance) for _ in range(MADE_UP))]):
        if len(data) <= LARGEST:
            (corpus / str(number)).write_bytes(data)
    print(f"{minutes:g} minutes, seed {seed}; a file that fails is kept as {place}/crash-…", flush=True)
    limits = [f"-max_total_time={int(minutes * 60)}", f"-timeout={SLOWEST_SECONDS}", f"-rss_limit_mb={MOST_MEMORY_MB}"]
    options = [f"-seed={seed}", f"-max_len={LARGEST}", f"-artifact_prefix={place}/", "-print_final_stats=1"]
    atheris.Setup([sys.argv[0], *limits, *options, str(corpus)], examine_or_fail, custom_mutator=changed)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
