"""Addresses of the tracking app. A URL's name is its view's name."""

from django.urls import URLPattern, URLResolver, include, path

from tracking.actions import pages as actions
from tracking.api.edge import urlpatterns as api
from tracking.api.edge import v1_urlpatterns as v1
from tracking.browser import both_pages as both
from tracking.browser import code_pages as codes
from tracking.browser import public_pages as browser
from tracking.conversions import pages as conversions
from tracking.customers import pages as customers
from tracking.customers import profile_pages as profiles
from tracking.erasing import pages as erasing
from tracking.exchange_rates import pages as exchange_rates
from tracking.imports import pages as uploads
from tracking.limits import counter_pages as counters
from tracking.limits import pages as limits
from tracking.modifications import pages as modifications
from tracking.receipts import pages as receipts
from tracking.status_check import pages as status_checks
from tracking.steps import pages as steps
from tracking.try_payout import draft_pages as try_draft
from tracking.try_payout import pages as try_order
from tracking.trying_again import pages as trying

app_name = "tracking"

_actions = [
    path("", actions.action_list, name="action_list"),
    path("approve/", limits.action_approve, name="action_approve"),
    path("<int:pk>/", receipts.action_detail, name="action_detail"),
    path("<int:pk>/payout-groups/", receipts.action_groups, name="action_groups"),
]
_clicks = [
    path("", steps.click_list, name="click_list"),
    path("<str:click_id>/", steps.click_detail, name="click_detail"),
]
_conversions = [
    path("", conversions.conversion_list, name="conversion_list"),
    path("try-again/", trying.conversion_retry, name="conversion_retry"),
    path("try-again/preview/", trying.conversion_retry_preview, name="conversion_retry_preview"),
    path("<int:pk>/", conversions.conversion_detail, name="conversion_detail"),
    path("<int:pk>/try-again/", trying.conversion_retry_one, name="conversion_retry_one"),
]
_modifications = [
    path("try-again/", modifications.modification_retry, name="modification_retry"),
    path("dismiss/", modifications.modification_dismiss, name="modification_dismiss"),
    path("restore/", modifications.modification_restore, name="modification_restore"),
    path("<int:pk>/", modifications.modification_detail, name="modification_detail"),
]
_uploads = [
    path("", uploads.upload_list, name="upload_list"),
    path("new/", uploads.upload_create, name="upload_create"),
    path("<int:pk>/", uploads.upload_detail, name="upload_detail"),
    path("<int:pk>/import/", uploads.upload_confirm, name="upload_confirm"),
    path("<int:pk>/sheet/", uploads.upload_sheet, name="upload_sheet"),
    path("<int:pk>/cancel/", uploads.upload_cancel, name="upload_cancel"),
    path("<int:pk>/again/", uploads.upload_again, name="upload_again"),
    path("<int:pk>/discard/", uploads.upload_discard, name="upload_discard"),
    path("<int:pk>/rejected/", uploads.upload_rejected, name="upload_rejected"),
]
_exchange_rates = [
    path("", exchange_rates.exchange_rate_list, name="exchange_rate_list"),
    path("new/", exchange_rates.exchange_rate_create, name="exchange_rate_create"),
    path("<int:pk>/", exchange_rates.exchange_rate_edit, name="exchange_rate_edit"),
    path("<int:pk>/delete/", exchange_rates.exchange_rate_delete, name="exchange_rate_delete"),
]
_customers = [
    path("", customers.customer_list, name="customer_list"),
    path("<int:pk>/", profiles.customer_detail, name="customer_detail"),
    path("<int:pk>/manage/", profiles.customer_manage, name="customer_manage"),
    path("segments/new/", customers.customer_segment_create, name="customer_segment_create"),
    path("segments/<int:pk>/rename/", customers.customer_segment_rename, name="customer_segment_rename"),
    path("segments/<int:pk>/delete/", customers.customer_segment_delete, name="customer_segment_delete"),
    path("<int:pk>/erase/", erasing.customer_erase, name="customer_erase"),
    path("<int:pk>/export/", erasing.customer_export, name="customer_export"),
    path("files/<int:pk>/", erasing.customer_file, name="customer_file"),
]
_status_checks = [
    path("", status_checks.status_check_list, name="status_check_list"),
    path("new/", status_checks.status_check_create, name="status_check_create"),
    path("<int:pk>/", status_checks.status_check_detail, name="status_check_detail"),
    path("<int:pk>/cancel/", status_checks.status_check_cancel, name="status_check_cancel"),
    path("<int:pk>/download/", status_checks.status_check_download, name="status_check_download"),
]
_program: list[URLPattern | URLResolver] = [
    path("transactions/actions/", include(_actions)),
    path("transactions/clicks/", include(_clicks)),
    path("transactions/conversions/", include(_conversions)),
    path("transactions/modifications/", include(_modifications)),
    path("transactions/browser-and-server/", both.browser_and_server, name="browser_and_server"),
    path("contracts/event-payouts/<int:pk>/try/", try_draft.draft_try, name="draft_try"),
    path("transactions/test-order/", try_order.order_try, name="order_try"),
    path("transactions/uploads/", include(_uploads)),
    path("contracts/template-terms/<int:pk>/counters/", counters.limit_counters, name="limit_counters"),
    path("customers/", include(_customers)),
    path("customers/status-check/", include(_status_checks)),
    path("settings/exchange-rates/", include(_exchange_rates)),
    path("settings/event-types/<int:pk>/tracking-code/", codes.tracking_code, name="tracking_code"),
]
urlpatterns = [
    path("Advertisers/", (api, "ninja", "api")),
    path("v1/", (v1, "ninja", "v1")),
    path("xconv/<str:event_type>/<int:program_id>", browser.conversion_pixel, name="conversion_pixel"),
    path("tag.js", browser.tag_file, name="tag_file"),
    path("t/<int:program_id>/conversion", browser.tag_conversion, name="tag_conversion"),
    path("t/<int:program_id>/visit", browser.tag_visit, name="tag_visit"),
    path("t/<int:program_id>/identify", browser.tag_identify, name="tag_identify"),
    path("p/<int:program_id>/", include(_program)),
]
