"""Addresses of the reports app. A URL's name is its view's name."""

from django.urls import include, path

from reports.exports import pages as exports
from reports.home import pages as home
from reports.pages import reports

app_name = "reports"

_program = [
    path("", home.home, name="home"),
    path("reports/new-vs-return-customer/", reports.new_vs_return_customer, name="new_vs_return_customer"),
    path(
        "reports/performance-by-day-by-customer-status/",
        reports.performance_by_day_by_customer_status,
        name="performance_by_day_by_customer_status",
    ),
    path("reports/exports/", exports.export_list, name="export_list"),
    path("reports/exports/new/", exports.export_create, name="export_create"),
    path("reports/exports/<int:pk>/cancel/", exports.export_cancel, name="export_cancel"),
    path("reports/exports/<int:pk>/retry/", exports.export_retry, name="export_retry"),
    path("reports/exports/<int:pk>/download/", exports.export_download, name="export_download"),
]
urlpatterns = [
    path("", home.index, name="index"),
    path("p/<int:program_id>/", include(_program)),
]
