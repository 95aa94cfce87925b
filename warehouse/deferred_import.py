"""Modules that are imported when somebody uses them, though somebody else has imported them.

Great Expectations imports scipy.stats, a second of every process, for one expectation that no suite of ours has.
`importlib.util.LazyLoader` does not help: until Python 3.12 the import statement itself makes it load.
"""

import sys
from importlib import import_module
from types import ModuleType


class _DeferredModule(ModuleType):
    def __getattr__(self, attribute: str) -> object:
        if attribute.startswith("__") and attribute != "__path__":  # asked of every module, by inspect for one
            raise AttributeError(attribute)
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return getattr(import_module(self.__name__), attribute)


def defer_import(name: str) -> None:
    """From now on `import name` costs nothing: it is imported with the first use of it. Does nothing where it is."""
    sys.modules.setdefault(name, _DeferredModule(name))
