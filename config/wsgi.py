"""The web application for any WSGI server."""

from config.counters import keep_telling
from config.web import load

application = load()
keep_telling()
