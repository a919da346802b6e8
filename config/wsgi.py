"""The web application. config.web serves it: it reads bodies whole, and within limits, before Django sees them."""

from config.counters import keep_telling
from config.web.loading import load

application = load()
keep_telling()
