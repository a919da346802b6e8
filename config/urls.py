"""Every address of the product. Each app spells its own paths in full: pages live under /p/<program>/."""

from django.conf import settings
from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path

from common.observability.health import healthz, readyz
from reports.metrics.page import metrics
from tracking.clicks.pages import click, impression

handler400 = "common.web.errors.bad_request"
handler500 = "common.web.errors.server_error"
urlpatterns = [
    path("", include("tracking.urls")),  # first, for its API: patterns are tried in their order
    path("c/<path:partner>/<str:ad>/<str:program>", click, name="click"),
    path("i/<path:partner>/<str:ad>/<str:program>", impression, name="impression"),
    path("admin/", admin.site.urls),
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("metrics", metrics, name="metrics"),
    path("", include("accounts.urls")),
    path("", include("program.urls")),
    path("", include("contracts.urls")),
    path("", include("reports.urls")),
]
if settings.DEBUG:
    from program.frame.styleguide import styleguide

    urlpatterns.append(path("styleguide/", login_not_required(styleguide), name="styleguide"))
