"""The floor of the API: Django with our settings, one view, one INSERT; `BARE_MIDDLEWARE=0` is without middleware."""

import gc
import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("DATABASE_POOL", "12")

import django
from django.conf import settings

settings.ROOT_URLCONF = "benchmarks.peers.bare_urls"
if os.environ.get("BARE_MIDDLEWARE") == "0":
    settings.MIDDLEWARE = []
django.setup()

from django.core.wsgi import get_wsgi_application  # noqa: E402

application = get_wsgi_application()
gc.freeze()  # as the product does
