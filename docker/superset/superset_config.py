"""Superset's settings: this machine only, metadata and secrets in the home, no request to any other host.

Read by Superset itself (SUPERSET_CONFIG_PATH), in its own environment: nothing of the warehouse can be imported here.
BAOCAO_SUPERSET_HOME is the folder that `baocao superset up` keeps.
"""

import json
import os
from pathlib import Path

HOME = Path(os.environ["BAOCAO_SUPERSET_HOME"])

SECRET_KEY = json.loads((HOME / "secrets.json").read_text())["secret_key"]
SQLALCHEMY_DATABASE_URI = f"sqlite:///{HOME / 'superset.db'}?check_same_thread=false"
DATA_DIR = str(HOME)

# Superset has no Vietnamese translation: its menus are English, titles and columns are ours.
BABEL_DEFAULT_LOCALE = "en"
LANGUAGES = {"en": {"flag": "us", "name": "English"}}
D3_FORMAT = {"decimal": ",", "thousands": ".", "grouping": [3]}
D3_TIME_FORMAT = {"date": "%d/%m/%Y", "dateTime": "%d/%m/%Y %H:%M"}
APP_NAME = "baocao"

# The browser is told to ask no other host: no telemetry, no map tiles, no fonts.
SCARF_ANALYTICS = False
SELF = ["'self'"]
TALISMAN_CONFIG = {
    "content_security_policy": {
        "base-uri": SELF,
        "default-src": SELF,
        "img-src": [*SELF, "blob:", "data:"],
        "worker-src": [*SELF, "blob:"],
        "connect-src": SELF,
        "object-src": "'none'",
        "style-src": [*SELF, "'unsafe-inline'"],
        "font-src": SELF,
        "script-src": [*SELF, "'strict-dynamic'"],
        "frame-ancestors": SELF,
    },
    "content_security_policy_nonce_in": ["script-src"],
    "force_https": False,
    "session_cookie_secure": False,
}
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CONTENT_SECURITY_POLICY_WARNING = False

# Figures change with each build: no answer is older than the question.
CACHE_CONFIG = DATA_CACHE_CONFIG = {"CACHE_TYPE": "NullCache"}
ROW_LIMIT = 10_000
SUPERSET_WEBSERVER_TIMEOUT = 65  # bi_reader's statements end after 60 seconds
FEATURE_FLAGS = {"ALERT_REPORTS": False, "EMBEDDED_SUPERSET": False}
PREVENT_UNSAFE_DB_CONNECTIONS = True
