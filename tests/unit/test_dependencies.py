"""The lock, and what it installs: every file by its hash, no licence that is not compatible, a bill of materials."""

import re

from docs import audit, sbom

COMPATIBLE = re.compile(
    r"MIT|MIT-0|MIT-CMU|MIT License|Apache|Apache-2\.0|Apache Software License|BSD.*|0BSD|3-Clause BSD License|ISC.*|"
    r"MPL-2\.0|"
    r"Mozilla Public License 2\.0 \(MPL 2\.0\)|PSF-2\.0|Python Software Foundation License|Zlib|CC0-1\.0|"
    r"The Unlicense \(Unlicense\)|DFSG approved|OSI Approved"
)
"""With Apache-2.0, for a library that is used and not changed."""

DECIDED = {
    "psycopg": "LGPL-3.0-only: used as a library, not changed",
    "psycopg-binary": "LGPL-3.0-only: used as a library, not changed",
    "psycopg2-binary": "LGPL: used as a library, not changed",
    "text-unidecode": "Artistic License or GPL: we choose the Artistic License",
    "axe-playwright-python": "names none in its metadata; its licence file is MIT's; tests only",
}
"""What somebody read, with the reason for which it may be used."""


def test_every_package_of_the_lock_has_hashes_and_no_address_of_an_index():
    packages = sbom.components()
    assert len(packages) > 150
    assert [package["name"] for package in packages if not package["hashes"]] == []
    assert len({package["purl"] for package in packages}) == len(packages)
    text = sbom.LOCK.read_text(encoding="utf-8")
    assert not re.search(r"^\s*(?:-i|-f|--index-url|--extra-index-url|--find-links|--trusted-host)\b|://", text, re.M)


def test_every_licence_is_compatible_or_was_decided():
    licences = {package["name"]: sbom.licence(package["name"]) for package in sbom.components()}
    installed = {name: text for name, text in licences.items() if text or name in DECIDED}
    assert len(installed) > 150
    odd = {
        name: text
        for name, text in installed.items()
        if not all(COMPATIBLE.fullmatch(part) for part in re.split(r"; | AND | OR ", text or "none"))
    }
    assert odd.keys() == DECIDED.keys()


def test_the_bill_of_materials_is_one_of_cyclonedx_and_the_same_each_time():
    document = sbom.document()
    assert (document["bomFormat"], document["specVersion"]) == ("CycloneDX", "1.6")
    assert re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", document["serialNumber"])
    first = next(each for each in document["components"] if each["name"] == "httpx")
    assert first["purl"] == f"pkg:pypi/httpx@{first['version']}"
    assert first["licenses"] == [{"license": {"name": "BSD License"}}]
    assert all(re.fullmatch(r"[0-9a-f]{64}", each["content"]) for each in first["hashes"]) and first["hashes"]
    assert sbom.document() == document


def test_an_audit_that_could_not_look_everything_up_says_so_and_fails():
    """pip-audit itself ends well when it knew none of the packages."""
    clean = {"name": "httpx", "version": "0.28.1", "vulns": []}
    skipped = {"name": "agate", "skip_reason": "Dependency not found on PyPI and could not be audited: agate (1.9.1)"}
    found = clean | {"vulns": [{"id": "PYSEC-0000-0", "fix_versions": ["0.29"]}]}
    audits = {
        name: audit.of_report({"dependencies": packages})
        for name, packages in {
            "clean": [clean],
            "skipped": [clean, skipped],
            "found": [skipped, found],
            "nothing": [],
        }.items()
    }
    assert {name: each.exit_code for name, each in audits.items()} == {
        "clean": 0,
        "skipped": 2,
        "found": 1,
        "nothing": 2,
    }
    assert audit.sentences(audits["clean"]) == ["1 packages were looked up; known vulnerabilities: 0."]
    assert audit.sentences(audits["skipped"])[1].startswith("Not looked up: 1 packages (agate).")
    assert audit.sentences(audits["found"])[0] == "httpx 0.28.1: PYSEC-0000-0, mended in 0.29"
