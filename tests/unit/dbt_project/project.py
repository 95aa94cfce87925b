"""The parsed dbt project, as the tests of its structure read it."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Model:
    """A model: its name, its folder under models/, and its node in the manifest."""

    name: str
    layer: str
    node: Any


def models(manifest: Any, *layers: str) -> list[Model]:
    """The models of these layers, of all layers where none is named."""
    nodes = [node for node in manifest.nodes.values() if node.resource_type == "model"]
    found = [Model(node.name, node.fqn[1], node) for node in nodes if not layers or node.fqn[1] in layers]
    return sorted(found, key=lambda model: model.name)


def parents(manifest: Any, model: Model) -> list[tuple[str, str]]:
    """What the model reads, macros included: layer (or source, seed) and name."""
    return [_layer_and_name(manifest, node_id) for node_id in model.node.depends_on.nodes]


def data_tests(manifest: Any, model: Model, kind: str | None = None) -> list[Any]:
    """The generic data tests on the model, of one kind where it is named."""
    return [
        node
        for node in manifest.nodes.values()
        if node.resource_type == "test"
        and getattr(node, "attached_node", None) == model.node.unique_id
        and (kind is None or node.test_metadata.name == kind)
    ]


def _layer_and_name(manifest: Any, node_id: str) -> tuple[str, str]:
    if node_id in manifest.sources:
        source = manifest.sources[node_id]
        return "source", f"{source.source_name}.{source.name}"
    node = manifest.nodes[node_id]
    return (node.fqn[1] if node.resource_type == "model" else str(node.resource_type)), node.name
