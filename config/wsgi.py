"""The web application. servers.web serves it: it reads bodies whole, and within limits, before Django sees them."""

from common.observability.counters import keep_telling
from servers.web.loading import load

application = load()

from tracking.clicks.drain import keep_draining  # noqa: E402 (it needs the settings)

keep_telling()
keep_draining()
