"""Addresses of what a brand sets up. A URL's name is its view's name."""

from django.urls import URLPattern, URLResolver, include, path

from program.account_pages import audit_log as audit
from program.account_pages import settings, team, tokens, tracking
from program.ads import link_pages as links
from program.ads import pages as ads
from program.catalog import pages as catalog
from program.choices import pages as choices
from program.event_types import mapping_pages as status_mapping
from program.event_types import pages as event_types
from program.exception_lists import entry_pages as entries
from program.exception_lists import pages as exception_lists
from program.frame import help_pages
from program.media_sources import pages as media_sources
from program.partners import group_pages as partner_groups
from program.partners import pages as partners
from program.promo_codes import pages as promo_codes
from program.search import pages as search
from program.tags import pages as customer_tags
from program.tags.assigning import pages as tag_acts

app_name = "program"

_event_types = [
    path("", event_types.event_type_list, name="event_type_list"),
    path("new/", event_types.event_type_create, name="event_type_create"),
    path("<int:pk>/edit/", event_types.event_type_edit, name="event_type_edit"),
    path("<int:pk>/customer-status-mapping/", status_mapping.event_type_mapping, name="event_type_mapping"),
]
_tokens = [
    path("", tokens.token_list, name="token_list"),
    path("new/", tokens.token_create, name="token_create"),
    path("<int:pk>/revoke/", tokens.token_revoke, name="token_revoke"),
]
_team = [
    path("", team.team_list, name="team_list"),
    path("invite/", team.team_invite, name="team_invite"),
    path("invitations/<int:pk>/link/", team.team_invitation_link, name="team_invitation_link"),
    path("invitations/<int:pk>/revoke/", team.team_invitation_revoke, name="team_invitation_revoke"),
    path("second-factor/", team.team_second_factor, name="team_second_factor"),
    path("<int:pk>/role/", team.team_role, name="team_role"),
    path("<int:pk>/remove/", team.team_remove, name="team_remove"),
]
_exception_lists = [
    path("", exception_lists.exception_list_list, name="exception_list_list"),
    path("new/", exception_lists.exception_list_create, name="exception_list_create"),
    path("<int:pk>/", entries.exception_list_detail, name="exception_list_detail"),
    path("<int:pk>/edit/", exception_lists.exception_list_edit, name="exception_list_edit"),
    path("<int:pk>/close/", exception_lists.exception_list_close, name="exception_list_close"),
    path("<int:pk>/delete/", exception_lists.exception_list_delete, name="exception_list_delete"),
    path("<int:pk>/entries/new/", entries.exception_list_entry_create, name="exception_list_entry_create"),
    path("<int:pk>/entries/<int:entry>/", entries.exception_list_entry_edit, name="exception_list_entry_edit"),
    path(
        "<int:pk>/entries/<int:entry>/delete/",
        entries.exception_list_entry_delete,
        name="exception_list_entry_delete",
    ),
]
_catalog = [
    path("", catalog.catalog_list, name="catalog_list"),
    path("new/", catalog.catalog_add, name="catalog_add"),
    path("<int:pk>/", catalog.catalog_edit, name="catalog_edit"),
    path("<int:pk>/delete/", catalog.catalog_delete, name="catalog_delete"),
]
_partners = [
    path("", partners.partner_list, name="partner_list"),
    path("new/", partners.partner_create, name="partner_create"),
    path("assign/", partners.partner_assign, name="partner_assign"),
    path("<int:pk>/edit/", partners.partner_edit, name="partner_edit"),
    path("<int:pk>/deactivate/", partners.partner_deactivate, name="partner_deactivate"),
]
_ads = [
    path("", ads.ad_list, name="ad_list"),
    path("new/", ads.ad_create, name="ad_create"),
    path("<int:pk>/", ads.ad_edit, name="ad_edit"),
    path("<int:pk>/delete/", ads.ad_delete, name="ad_delete"),
]
_promo_codes = [
    path("", promo_codes.promo_code_list, name="promo_code_list"),
    path("new/", promo_codes.promo_code_create, name="promo_code_create"),
    path("<int:pk>/", promo_codes.promo_code_edit, name="promo_code_edit"),
    path("<int:pk>/delete/", promo_codes.promo_code_delete, name="promo_code_delete"),
]
_partner_groups = [
    path("", partner_groups.partner_group_list, name="partner_group_list"),
    path("new/", partner_groups.partner_group_create, name="partner_group_create"),
    path("<int:pk>/", partner_groups.partner_group_edit, name="partner_group_edit"),
    path("<int:pk>/rename/", partner_groups.partner_group_rename, name="partner_group_rename"),
    path("<int:pk>/add/", partner_groups.partner_group_add, name="partner_group_add"),
    path("<int:pk>/remove/", partner_groups.partner_group_remove, name="partner_group_remove"),
    path("<int:pk>/delete/", partner_groups.partner_group_delete, name="partner_group_delete"),
]
_customers = [
    path("assign/", tag_acts.customer_assign, name="customer_assign"),
    path("tags/", customer_tags.customer_tag_list, name="customer_tag_list"),
    path("tags/new/", customer_tags.customer_tag_create, name="customer_tag_create"),
    path("tags/<int:pk>/", customer_tags.customer_tag_edit, name="customer_tag_edit"),
    path("tags/<int:pk>/archive/", customer_tags.customer_tag_archive, name="customer_tag_archive"),
    path("tags/<int:pk>/delete/", customer_tags.customer_tag_delete, name="customer_tag_delete"),
    path("tags/acts/<int:pk>/", tag_acts.tag_act_detail, name="tag_act_detail"),
    path("tags/acts/<int:pk>/cancel/", tag_acts.tag_act_cancel, name="tag_act_cancel"),
    path("tags/acts/<int:pk>/undo/", tag_acts.tag_act_undo, name="tag_act_undo"),
]
_program: list[URLPattern | URLResolver] = [
    path("settings/", settings.settings_index, name="settings_index"),
    path("settings/program/", settings.program_edit, name="program_edit"),
    path("settings/tracking/", tracking.tracking_edit, name="tracking_edit"),
    path("settings/event-types/", include(_event_types)),
    path("settings/api-tokens/", include(_tokens)),
    path("settings/team/", include(_team)),
    path("settings/audit-log/", audit.audit_list, name="audit_list"),
    path("settings/exception-lists/", include(_exception_lists)),
    path("settings/catalog/", include(_catalog)),
    path("settings/media-sources/", media_sources.media_source_list, name="media_source_list"),
    path("settings/media-sources/save/", media_sources.media_source_save, name="media_source_save"),
    path("partners/", include(_partners)),
    path("ads/", include(_ads)),
    path("get-link/", links.link_build, name="link_build"),
    path("promo-codes/", include(_promo_codes)),
    path("partner-groups/", include(_partner_groups)),
    path("customers/", include(_customers)),
    path("search/", search.search, name="search"),
    path("choices/<slug:choice>/", choices.choice_list, name="choice_list"),
    path("help/", help_pages.help_index, name="help_index"),
    path("help/<slug:topic>/", help_pages.help_topic, name="help_topic"),
]
urlpatterns = [path("p/<int:program_id>/", include(_program))]
