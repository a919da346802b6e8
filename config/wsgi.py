"""The web application for any WSGI server."""

from config.bodies import WholeBodies
from config.counters import keep_telling
from config.web.loading import load

application = WholeBodies(load())
keep_telling()
