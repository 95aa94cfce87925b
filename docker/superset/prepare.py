"""Superset's own tables, roles and the account of its administrator; run in Superset's environment, idempotent.

One process for what are three commands of Superset: each of them takes seconds to import it, and the one that makes an
account wants the password as an argument, where every user of the machine can read it.
"""

import json

from flask_migrate import upgrade
from superset.app import create_app
from superset_config import HOME

USER = "admin"


def main() -> None:
    app = create_app()
    with app.app_context():
        from superset.extensions import appbuilder, security_manager

        upgrade(str(app.root_path) + "/migrations")
        appbuilder.add_permissions(update_perms=True)
        security_manager.sync_role_definitions()
        password = json.loads((HOME / "passwords.json").read_text())[USER]
        admin = security_manager.find_user(USER)
        if admin is None:
            role = security_manager.find_role("Admin")
            security_manager.add_user(USER, "baocao", USER, f"{USER}@localhost", role, password=password)
        else:
            security_manager.reset_password(admin.id, password)


if __name__ == "__main__":
    main()
