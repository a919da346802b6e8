"""Addresses of what happened. A URL's name is its view's name."""

from django.urls import include, path

from tracking import upload_urls
from tracking.api.edge import urlpatterns as api

app_name = "tracking"

_program = [
    path("transactions/uploads/", include(upload_urls.urlpatterns)),
]
urlpatterns = [
    path("p/<int:program_id>/", include(_program)),
    path("Advertisers/", (api, "ninja", "api")),
]
