"""Addresses of what happened. A URL's name is its view's name."""

from django.urls import include, path

from tracking import upload_urls

app_name = "tracking"

_program = [
    path("transactions/uploads/", include(upload_urls.urlpatterns)),
]
urlpatterns = [path("p/<int:program_id>/", include(_program))]
