"""SQL that is longer than a screen: each query in a file of its own, beside the module that runs it."""

from functools import cache
from pathlib import Path


@cache
def load(module_file: str, name: str) -> str:
    """The text of `<name>.sql` in the folder of the module whose `__file__` is given."""
    return Path(module_file).with_name(f"{name}.sql").read_text(encoding="utf-8")
