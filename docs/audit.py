"""`make audit`: what is publicly known against the packages of requirements.lock. Needs the network; no test runs it.

pip-audit asks an advisory service about each package. One that the service does not know, as behind a mirror, is
skipped by pip-audit in silence, so that "no known vulnerabilities" may mean that nothing was looked up: here it counts
as not looked up, and the exit code says so.
"""

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from warehouse.settings import PROJECT_ROOT

TOOL = "pip-audit==2.9.0"
SERVICES = ("pypi", "osv")
"""Advisory services, the second where the first knows nothing."""
NAMED = 5


@dataclass(frozen=True)
class Audit:
    """looked_up: packages about which the service gave an answer. unknown: the others. known: what was found."""

    looked_up: int
    unknown: tuple[str, ...]
    known: tuple[str, ...]

    @property
    def exit_code(self) -> int:
        """0 nothing known, 1 something is, 2 not all were looked up."""
        return 1 if self.known else 2 if self.unknown or not self.looked_up else 0


def of_report(report: dict[str, Any]) -> Audit:
    """What a report of pip-audit says (its format `json`)."""
    packages: list[dict[str, Any]] = report["dependencies"]
    known = [
        f"{package['name']} {package['version']}: {found['id']}, "
        f"mended in {', '.join(found['fix_versions']) or 'no version'}"
        for package in packages
        for found in package.get("vulns", ())
    ]
    unknown = tuple(package["name"] for package in packages if "skip_reason" in package)
    return Audit(len(packages) - len(unknown), unknown, tuple(known))


def sentences(audit: Audit) -> list[str]:
    """The result for people."""
    lines = [*audit.known, f"{audit.looked_up} packages were looked up; known vulnerabilities: {len(audit.known)}."]
    if audit.unknown:
        first = ", ".join(audit.unknown[:NAMED])
        more = " and others" if len(audit.unknown) > NAMED else ""
        lines.append(
            f"Not looked up: {len(audit.unknown)} packages ({first}{more}). The advisory service does not know them, "
            "or cannot be reached from here, as behind a mirror: nothing can be said about them. Run it where it can."
        )
    return lines


def main(uv: Sequence[str]) -> int:
    """Ask the services in turn until one knows the packages. uv: the command that runs a tool in a place of its own."""
    audit = Audit(0, ("all",), ())
    for service in SERVICES:
        call = [*uv, "tool", "run", "--from", TOOL, "pip-audit", "--requirement", "requirements.lock"]
        call += ["--require-hashes", "--disable-pip", "--vulnerability-service", service, "--format", "json"]
        done = subprocess.run(call, cwd=PROJECT_ROOT, capture_output=True, text=True, check=False)
        try:
            audit = of_report(json.loads(done.stdout))
        except (ValueError, KeyError):
            last = (done.stderr.strip().splitlines() or ["no output"])[-1]
            print(f"The advisory service {service} gave no answer: {last:.100}", file=sys.stderr)
            continue
        if not audit.unknown:
            break
    print("\n".join(sentences(audit)))
    return audit.exit_code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
