"""Addresses of terms and contracts. A URL's name is its view's name."""

from django.urls import URLPattern, URLResolver, include, path, register_converter

from contracts.account_rules import pages as account_rules
from contracts.agreements import pages as contracts
from contracts.custom_terms import pages as custom_terms
from contracts.editing import create_pages as creating
from contracts.editing import event_payout_pages as event_payouts
from contracts.editing import row_pages as rows
from contracts.editing import terms_pages as terms
from contracts.group_files import pages as group_files
from contracts.many_rows import pages as many_rows
from contracts.publishing import change_pages as changes
from contracts.publishing import join_pages as joining
from contracts.publishing import pages as publishing
from contracts.publishing import version_pages as versions
from contracts.publishing.confirmed import pages as confirmed
from contracts.rule_builder import pages as rules
from contracts.sections.lists.ranked_lists import Kind
from contracts.sections.panels import Panel
from contracts.sections.registry import KINDS, PANELS, TERMS_PANELS
from contracts.uses import pages as uses

app_name = "contracts"


class KindConverter:
    """A list in an address, such as payout-groups."""

    regex = "|".join(KINDS)

    def to_python(self, value: str) -> Kind:
        return KINDS[value]

    def to_url(self, value: Kind) -> str:
        return str(value)


class PanelConverter:
    """What one button saves, in an address: schedule."""

    regex = "|".join(PANELS)

    def to_python(self, value: str) -> Panel:
        return PANELS[value]

    def to_url(self, value: Panel) -> str:
        return str(value)


class TermsPanelConverter:
    """What one button saves of the terms as a whole, in an address: notice."""

    regex = "|".join(TERMS_PANELS)

    def to_python(self, value: str) -> Panel:
        return TERMS_PANELS[value]

    def to_url(self, value: Panel) -> str:
        return str(value)


register_converter(KindConverter, "kind")
register_converter(PanelConverter, "panel")
register_converter(TermsPanelConverter, "terms_panel")

_terms = [
    path("", terms.terms_list, name="terms_list"),
    path("new/", creating.terms_create, name="terms_create"),
    path("<int:pk>/", terms.terms_edit, name="terms_edit"),
    path("<int:pk>/change/", terms.terms_change, name="terms_change"),
    path("<int:pk>/delete/", terms.terms_delete, name="terms_delete"),
    path("<int:pk>/changes/", changes.terms_changes, name="terms_changes"),
    path("<int:pk>/discard/", changes.terms_discard, name="terms_discard"),
    path("<int:pk>/sections/<terms_panel:terms_panel>/", terms.terms_section_save, name="terms_section_save"),
    path("<int:pk>/sections/<terms_panel:terms_panel>/revert/", changes.terms_panel_revert, name="terms_panel_revert"),
    path("<int:pk>/event-types/new/", event_payouts.event_payout_create, name="event_payout_create"),
    path("<int:pk>/publish/", publishing.terms_publish, name="terms_publish"),
    path("<int:pk>/join/", joining.terms_join, name="terms_join"),
    path("<int:pk>/versions/", versions.version_list, name="version_list"),
]
_reviews: list[URLPattern] = [path("<int:pk>/cancel/", publishing.review_cancel, name="review_cancel")]
_publishings: list[URLPattern] = [
    path("<int:pk>/", confirmed.publishing_detail, name="publishing_detail"),
    path("<int:pk>/cancel/", confirmed.publishing_cancel, name="publishing_cancel"),
]
_versions = [
    path("<int:pk>/", versions.version_detail, name="version_detail"),
    path("<int:pk>/document/", versions.version_document, name="version_document"),
    path("<int:pk>/compare/", versions.version_compare, name="version_compare"),
    path("<int:pk>/publish/", publishing.version_publish, name="version_publish"),
]
_event_payouts: list[URLPattern] = [
    path("<int:pk>/remove/", event_payouts.event_payout_remove, name="event_payout_remove"),
    path("<int:pk>/rule-values/", rules.rule_value_list, name="rule_value_list"),
    path("<int:pk>/<panel:panel>/", event_payouts.section_save, name="section_save"),
    path("<int:pk>/<panel:panel>/revert/", changes.panel_revert, name="panel_revert"),
    path("<int:pk>/<kind:kind>/revert/", changes.list_revert, name="list_revert"),
    path("<int:pk>/payout-groups/files/", group_files.group_file_list, name="group_file_list"),
    path("<int:pk>/payout-groups/export/", group_files.group_export, name="group_export"),
    path("<int:pk>/payout-groups/import/", group_files.group_import, name="group_import"),
    path("<int:pk>/<kind:kind>/", rows.row_list_part, name="row_list_part"),
    path("<int:pk>/<kind:kind>/switch/", event_payouts.section_switch, name="section_switch"),
    path("<int:pk>/<kind:kind>/new/", rows.row_create, name="row_create"),
    path("<int:pk>/<kind:kind>/reorder/", rows.row_reorder, name="row_reorder"),
    path("<int:pk>/<kind:kind>/bulk/", many_rows.row_bulk, name="row_bulk"),
    path("<int:pk>/<kind:kind>/rules/check/", rules.rule_check, name="rule_check"),
    path("<int:pk>/<kind:kind>/rules/convert/", rules.rule_convert, name="rule_convert"),
]
_rows: list[URLPattern] = [
    path("<int:pk>/", rows.row_edit, name="row_edit"),
    path("<int:pk>/switch/", rows.row_switch, name="row_switch"),
    path("<int:pk>/move/", rows.row_move, name="row_move"),
    path("<int:pk>/delete/", rows.row_delete, name="row_delete"),
]
_group_files: list[URLPattern] = [
    path("<int:pk>/", group_files.group_file_detail, name="group_file_detail"),
    path("<int:pk>/import/", group_files.group_file_confirm, name="group_file_confirm"),
    path("<int:pk>/check/", group_files.group_file_check, name="group_file_check"),
    path("<int:pk>/cancel/", group_files.group_file_cancel, name="group_file_cancel"),
    path("<int:pk>/discard/", group_files.group_file_discard, name="group_file_discard"),
    path("<int:pk>/undo/", group_files.group_file_undo, name="group_file_undo"),
    path("<int:pk>/download/", group_files.group_file_download, name="group_file_download"),
]
_custom_terms: list[URLPattern] = [
    path("", custom_terms.custom_terms_list, name="custom_terms_list"),
    path("new/", custom_terms.custom_terms_create, name="custom_terms_create"),
    path("preview/", custom_terms.custom_terms_preview, name="custom_terms_preview"),
    path("<int:pk>/", custom_terms.custom_terms_edit, name="custom_terms_edit"),
    path("<int:pk>/delete/", custom_terms.custom_terms_delete, name="custom_terms_delete"),
]
_contracts: list[URLPattern | URLResolver] = [
    path("", contracts.contract_list, name="contract_list"),
    path("<int:pk>/end/", contracts.contract_end, name="contract_end"),
    path("<int:pk>/withdraw/", contracts.contract_withdraw, name="contract_withdraw"),
    path("account-rules/", account_rules.account_rules_edit, name="account_rules_edit"),
    path("advanced-commission/", uses.advanced_commission, name="advanced_commission"),
    path("advanced-commission/add/", uses.advanced_commission_add, name="advanced_commission_add"),
    path("custom-terms/", include(_custom_terms)),
    path("template-terms/", include(_terms)),
    path("reviews/", include(_reviews)),
    path("publishings/", include(_publishings)),
    path("versions/", include(_versions)),
    path("event-payouts/", include(_event_payouts)),
    path("group-files/", include(_group_files)),
    path("<kind:kind>/", include(_rows)),
]
urlpatterns = [path("p/<int:program_id>/contracts/", include(_contracts))]
