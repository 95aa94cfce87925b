"""A module whose import is deferred is imported by its first use, and is then the real one."""

import subprocess
import sys

DEFERRED = """
import sys
from warehouse.deferred_import import defer_import
defer_import("scipy.stats")
{then}
"""


def run(then: str) -> str:
    code = DEFERRED.format(then=then)
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()


def test_importing_great_expectations_imports_no_statistics():
    imported = run("import great_expectations; print('scipy.stats._stats_py' in sys.modules)")
    assert imported == "False"


def test_the_first_use_imports_the_real_module():
    median = run(
        "from scipy import stats; print(stats.iqr([1, 2, 3, 4, 5]), type(sys.modules['scipy.stats']).__name__)"
    )
    assert median == "2.0 module"


def test_a_module_below_it_can_be_imported():
    assert run("from scipy.stats import distributions; print(distributions.norm.mean())") == "0.0"


def test_a_module_that_is_imported_stays_as_it_is():
    assert run("defer_import('json'); import json; print(json.dumps([1]))") == "[1]"
