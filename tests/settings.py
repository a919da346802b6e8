"""The project's settings in a home of their own: a run of the tests meets nobody's data and leaves none."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

if not os.environ.get("BRANDBOARD_TEST_HOME"):
    # Made by the first process; the workers of pytest-xdist inherit the variable and share the servers.
    _home = Path(tempfile.mkdtemp(prefix="brandboard-test-"))
    os.environ["BRANDBOARD_TEST_HOME"] = str(_home)
    atexit.register(shutil.rmtree, _home, ignore_errors=True)
os.environ["BRANDBOARD_HOME"] = os.environ["BRANDBOARD_TEST_HOME"]
os.environ.pop("DEBUG", None)

from config import settings as product
from config.settings import *  # noqa: F403

# Each worker of pytest-xdist has its own database of the broker, as it has its own test database.
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "gw0")
if "REDIS_URL" not in os.environ:
    REDIS_URL = product.REDIS_URL.replace("db=0", f"db={int(WORKER.removeprefix('gw')) % 16}")
    CELERY_BROKER_URL = product.broker(REDIS_URL)
INSTALLED_APPS = [*product.INSTALLED_APPS, "tests.emptying"]
product.STATIC_ROOT.mkdir(exist_ok=True)
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {**product.STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True  # looked for when asked for: each new Client would list all of them at its first request
