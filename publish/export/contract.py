"""The data contract of a mart: Open Data Contract Standard 3.1, made from what dbt's files say of it."""

from typing import Any

from warehouse.marts import Column, Mart

VERSION = "v3.1.0"
"""Of the standard: https://bitol-io.github.io/open-data-contract-standard/v3.1.0/"""

LOGICAL_TYPES = {
    "bigint": "integer",
    "boolean": "boolean",
    "date": "date",
    "integer": "integer",
    "numeric": "number",
    "text": "string",
    "text[]": "array",
    "timestamp with time zone": "timestamp",
    "uuid": "string",
}
PURPOSE = "Reports of Vietnam's administrations on plans for children: figures, targets, deadlines."
LIMITATIONS = (
    "For the administration only: counts of one child are in it. A percentage is never averaged: add up numerators and "
    "denominators and divide once. An empty cell is missing, and never zero."
)


def of_mart(mart: Mart, release: str, file: str | None = None) -> dict[str, Any]:
    """The contract as the document that its YAML has.

    release: the version of the program. file: the name of the CSV file that it is about; none: the table itself.
    """
    contract: dict[str, Any] = {
        "apiVersion": VERSION,
        "kind": "DataContract",
        "id": f"baocao.marts.{mart.name}",
        "name": mart.name,
        "version": release,
        "status": "active",
        "description": {"purpose": PURPOSE, "limitations": LIMITATIONS},
    }
    if file:
        contract["servers"] = [{"server": "export", "type": "local", "path": file, "format": "csv"}]
    contract["schema"] = [
        {
            "name": mart.name,
            "physicalName": file or f"marts.{mart.name}",
            "physicalType": "file" if file else "table",
            "description": mart.en,
            "dataGranularityDescription": mart.grain,
            "customProperties": _vietnamese(mart.vi),
            "properties": [_property(mart, column) for column in mart.columns],
        }
    ]
    return contract


def _property(mart: Mart, column: Column) -> dict[str, Any]:
    described: dict[str, Any] = {
        "name": column.name,
        "logicalType": LOGICAL_TYPES[column.data_type],
        "physicalType": column.data_type,
        "required": not column.may_be_empty,
        "description": column.en,
        "customProperties": _vietnamese(column.vi),
    }
    if column.name in mart.key:
        described |= {"primaryKey": True, "primaryKeyPosition": mart.key.index(column.name) + 1}
    if column.data_type == "text[]":
        described["items"] = {"logicalType": "string"}
    return described


def _vietnamese(text: str) -> list[dict[str, str]]:
    return [{"property": "descriptionVi", "value": text}]
