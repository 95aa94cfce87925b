"""`make sbom`: the bill of materials of what the lock installs, CycloneDX 1.6 as JSON, on stdout.

Of each package of requirements.lock: name, version, licence as its own metadata say, and the SHA-256 of every file that
set-up accepts. The same lock gives the same document: no time is in it. Packages of other platforms are not installed
here, and have no licence in it.
"""

import hashlib
import json
import re
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from typing import Any
from uuid import UUID, uuid5

from warehouse.settings import PROJECT_ROOT

NAMESPACE = UUID("0f0d3c2e-5d5b-5c57-9a0c-7f6d1d8f9a11")
PACKAGE = re.compile(r"(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^ ;\\]+)(?: ; (?P<marker>[^\\]+?))? \\")
HASH = re.compile(r" +--hash=sha256:(?P<hash>[0-9a-f]{64})(?: \\)?")
LOCK = PROJECT_ROOT / "requirements.lock"


def components() -> list[dict[str, Any]]:
    """The packages of the lock in its order. Raises ValueError for a line of it that is none of what it may hold."""
    found: list[dict[str, Any]] = []
    for number, line in enumerate(LOCK.read_text(encoding="utf-8").splitlines(), start=1):
        if package := PACKAGE.fullmatch(line):
            found.append(_component(package["name"], package["version"]))
        elif (digest := HASH.fullmatch(line)) and found:
            found[-1]["hashes"].append({"alg": "SHA-256", "content": digest["hash"]})
        elif line.strip() and not line.lstrip().startswith("#"):
            raise ValueError(f"{LOCK.name}, line {number}: neither a package, a hash nor a comment")
    return found


def licence(package: str) -> str | None:
    """What the metadata of an installed package say of its licence; None where it is not installed or they say nothing.

    Its expression (SPDX) before its classifiers, and those before its free text.
    """
    try:
        metadata = distribution(package).metadata
    except PackageNotFoundError:
        return None
    classifiers = [
        value.rpartition("::")[2].strip()
        for value in metadata.get_all("Classifier", [])
        if value.startswith("License :: ") and not value.endswith("OSI Approved")
    ]
    text = (metadata.get("License") or "").strip().partition("\n")[0]
    return metadata.get("License-Expression") or "; ".join(classifiers) or text or None


def document() -> dict[str, Any]:
    """The whole document."""
    content = LOCK.read_bytes()
    own: Distribution = distribution("baocao")
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid5(NAMESPACE, hashlib.sha256(content).hexdigest())}",
        "version": 1,
        "metadata": {
            "component": {"type": "application", "name": "baocao", "version": own.version, "bom-ref": "baocao"}
        },
        "components": components(),
    }


def _component(name: str, version: str) -> dict[str, Any]:
    purl = f"pkg:pypi/{re.sub(r'[-_.]+', '-', name).lower()}@{version}"
    found: dict[str, Any] = {"type": "library", "bom-ref": purl, "name": name, "version": version, "purl": purl}
    if named := licence(name):
        found["licenses"] = [{"license": {"name": named}}]
    return found | {"hashes": []}


if __name__ == "__main__":
    print(json.dumps(document(), ensure_ascii=False, indent=2))
