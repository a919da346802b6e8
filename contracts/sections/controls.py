"""Fields of sections inside their sentences."""

from django.forms import BoundField
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from program.templatetags.brandboard import control, icon


def in_sentence(field: BoundField) -> SafeString:
    """A field inside a sentence; a choice with the arrow that shows that it opens, a switch with its label, an amount
    with its currency.
    """
    if field.widget_type == "checkboxselectmultiple":
        return _chips(field)
    if field.widget_type == "checkbox":
        return format_html('<label class="toggle">{}{}</label>', control(field, "switch"), field.label)
    if hasattr(field.field, "choices"):
        return format_html('<span class="select">{}{}</span>', control(field, "spoken"), icon("down"))
    if unit := field.field.widget.attrs.get("data-unit"):
        return format_html("{} {}", control(field, "spoken"), unit)
    return control(field, "spoken")


def _chips(field: BoundField) -> SafeString:
    """Each choice as a chip that is on or off."""
    chips = [(option.tag(), option.choice_label) for option in field]
    if not chips:
        return format_html('<span class="muted">{}</span>', "None yet.")
    inside = format_html_join("", '<label class="chip chip-choice">{}{}</label>', chips)
    return format_html('<span class="row chips" role="group" aria-label="{}">{}</span>', field.label, inside)
