"""The web application for any WSGI server."""

import os

from django.core.wsgi import get_wsgi_application

from config.counters import keep_telling

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("DATABASE_POOL", "12")
application = get_wsgi_application()
keep_telling()
