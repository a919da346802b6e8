"""The web application. servers.web serves it: it reads bodies whole, and within limits, before Django sees them."""

from common.observability.counters import keep_telling
from servers.web.loading import load

application = load()
keep_telling()
