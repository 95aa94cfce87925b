"""dbt in this process: the environment that its profile reads, and nothing of it left behind when it ends."""

import gc
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from psycopg.conninfo import conninfo_to_dict

from warehouse import database
from warehouse.environment import set_environment


def invoke(arguments: list[str], more: Mapping[str, str] | None = None) -> Any:
    """Run a command of dbt on this home's database; more: variables of the environment for this run alone.

    Returns dbt's own result, with `success`, `result` and `exception`.
    """
    from dbt.adapters.factory import reset_adapters
    from dbt.cli.main import dbtRunner
    from dbt_common.events.event_manager_client import ctx_set_event_manager

    from pipeline.dbt_events import WantedEvents

    _name_flags_without_reading_the_stack()
    ctx_set_event_manager(WantedEvents())
    # profiles.yml reads its connection from the environment: nothing secret is written down
    with set_environment({**connection_variables(), **(more or {})}), _collected():
        result = dbtRunner().invoke(arguments)
        reset_adapters()
    return result


def _name_flags_without_reading_the_stack() -> None:
    """dbt reads the source of each frame of the stack for every flag of an adapter, only to name who declared it.

    In a process that has loaded much that was about a second of each run (ARCHITECTURE.md).
    """
    from dbt_common import behavior_flags

    flag: Any = behavior_flags.BehaviorFlagRendered
    flag._default_source = staticmethod(lambda: "dbt")


@contextmanager
def _collected() -> Iterator[None]:
    """Collect what was made inside and hangs in cycles, and pass over what was there before.

    dbt keeps semaphores until its process ends, and Airflow's tasks end without freeing them.
    """
    gc.freeze()
    try:
        yield
    finally:
        gc.collect()
        gc.unfreeze()


def connection_variables() -> dict[str, str]:
    """What profiles.yml reads of the environment: the names of .env.example, with this home's database."""
    address = conninfo_to_dict(database.url("owner"))
    return {
        "BAOCAO_DBT_HOST": str(address["host"]),
        "BAOCAO_DBT_PORT": str(address.get("port") or 5432),
        "BAOCAO_DBT_USER": str(address["user"]),
        "BAOCAO_DBT_DATABASE": str(address["dbname"]),
        "DBT_ENV_SECRET_BAOCAO_PASSWORD": str(address.get("password") or ""),
    }
