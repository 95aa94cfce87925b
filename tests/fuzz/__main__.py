"""`python -m tests.fuzz`: changed files and made-up ones, examined for MINUTES of CPU time.

    make fuzz
    make fuzz MINUTES=120 SEED=7

Each problem is printed once, and its file kept beside the system's temporary files. The count of a run goes into
docs/files-that-harm.md. Exit code 1 if anything was found.
"""

import os
import random
import re
import resource
import sys
import tempfile
from collections import Counter
from datetime import date
from pathlib import Path

from tests.fuzz import grammar, mutations
from tests.fuzz.examine import examine_all

PAGE = Path(__file__).parents[2] / "docs" / "files-that-harm.md"
BEGIN, END = "<!-- written by make fuzz -->", "<!-- to here -->"
AT_ONCE = 200
MADE_UP_SHARE = 0.25


def main() -> int:
    minutes, seed = float(os.environ.get("MINUTES") or 24), int(os.environ.get("SEED") or random.randrange(10**6))
    chance, kept = random.Random(seed), Path(tempfile.mkdtemp(prefix=f"baocao-fuzz-{seed}-"))
    originals = mutations.originals()
    counts: Counter[str] = Counter()
    seen: dict[str, str] = {}
    print(f"{minutes:g} minutes of CPU, seed {seed}, {len(originals)} files to begin with", flush=True)
    while (spent := cpu_minutes()) < minutes:
        files = drawn(originals, chance, AT_ONCE)
        for data, examined in zip(files, examine_all(files), strict=True):
            counts.update(files=1, accepted=examined.is_accepted, figures=examined.figures, died=examined.has_died)
            for problem in examined.problems:
                if (kind := kind_of(problem)) not in seen:
                    seen[kind] = problem
                    (kept / f"{len(seen)}.bin").write_bytes(data)
                    print(f"{len(seen)}: {problem[:500]} ({kept / f'{len(seen)}.bin'})", flush=True)
        print(f"{spent:5.1f} min  {dict(counts)}  {len(seen)} kinds of problems", flush=True)
    _write(
        f"Of {date.today().isoformat()}, seed {seed}: {cpu_minutes():.1f} CPU-minutes, {counts['files']:,} files, of "
        f"which {counts['accepted']:,} had lines to accept; another reader confirmed {counts['figures']:,} of their "
        f"figures. {counts['died']:,} changed .xls and .xlsb ended calamine or its process, and are rejected as "
        "`file_unreadable` by the process above it. Hangs, other crashes, stack traces and wrong acceptances: "
        f"{len(seen)}."
    )
    return 1 if seen else 0


def drawn(originals: list[bytes], chance: random.Random, number: int) -> list[bytes]:
    return [
        grammar.made_up(chance)
        if chance.random() < MADE_UP_SHARE
        else mutations.mutated(chance.choice(originals), chance)
        for _ in range(number)
    ]


def kind_of(problem: str) -> str:
    """A problem without its numbers and texts, so that each kind is shown once."""
    return (
        re.sub(r"'[^']*'|\"[^\"]*\"|[0-9]+", "…", problem.partition("line")[0])[:200]
        if "wrong" in problem
        else problem.partition(": ")[0]
    )


def cpu_minutes() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used) / 60


def _write(result: str) -> None:
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    PAGE.write_text(f"{before}{BEGIN}\n{result}\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
