"""Addresses of the reports app. A URL's name is its view's name."""

from django.urls import include, path

from reports.exports import pages as exports
from reports.home import pages as home
from reports.pages import reports
from reports.profiles import event_type_pages as event_types
from reports.profiles import partner_pages as partners

app_name = "reports"

_program = [
    path("", home.home, name="home"),
    path("partners/<int:pk>/", partners.partner_detail, name="partner_detail"),
    path("settings/event-types/<int:pk>/", event_types.event_type_detail, name="event_type_detail"),
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
