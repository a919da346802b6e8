"""Pages by their names in the navigation, settings and help, and what can be done, by its words."""

from dataclasses import dataclass

from django.urls import reverse

from accounts.team.roles import Act, may
from program.frame.help_topics import TOPICS
from program.frame.navigation import Entry, foot_for, sections_for, settings_for
from program.models import Program

from .sources import MOST, Found, Hit


@dataclass(frozen=True, slots=True)
class Task:
    """Something to do: `words` are other words for it, by which it is found, too."""

    label: str
    view: str
    act: Act = Act.EDIT
    words: str = ""


TASKS = (
    Task("Create Template Term", "contracts:terms_create", words="new terms contract payout"),
    Task("Add a partner", "program:partner_create", words="new publisher create"),
    Task("Add an ad", "program:ad_create", words="new create banner landing page"),
    Task("Get a partner’s link", "program:link_build", Act.VIEW, words="url deep link qr tracking"),
    Task("Add a promo code", "program:promo_code_create", words="new create coupon voucher"),
    Task("Upload orders, changes or partners", "tracking:upload_list", Act.SETTLE, words="import file csv xlsx"),
    Task("Send a test order", "tracking:order_try", words="try simulate"),
    Task("Create an event type", "program:event_type_create", words="new tracking action tracker"),
    Task("Create a customer tag", "program:customer_tag_list", words="new label"),
    Task("Create an exception list", "program:exception_list_create", words="new skus promo codes"),
    Task("Add catalog items", "program:catalog_add", words="products skus new"),
    Task("Create an API token", "program:token_list", Act.ADMINISTER, words="new key secret"),
    Task("Invite somebody to the team", "program:team_list", Act.ADMINISTER, words="member user add"),
    Task("Change the program’s name", "program:program_edit", Act.ADMINISTER, words="rename time zone currency"),
)


def pages(program: Program, text: str, role: str) -> Found:
    """Pages whose name has every word that was typed, each at the beginning of one of its own."""
    hits = [
        Hit(
            entry.label,
            entry.url,
            detail=place if place != entry.label else "",
            icon=entry.icon,
            is_exact=entry.label.casefold() == text.casefold(),
        )
        for place, entry in _entries(program, role)
        if _has(f"{entry.label} {place}", text)
    ]
    hits += [
        Hit(topic.title, reverse("program:help_topic", args=[program.pk, topic.slug]), detail="Help", icon="help")
        for topic in TOPICS
        if text and _has(f"{topic.title} {topic.text} help", text)
    ]
    return Found("Pages", hits[: MOST if text else len(hits)])


def tasks(program: Program, text: str, role: str) -> Found:
    """What the role may do, by its words."""
    hits = [
        Hit(task.label, reverse(task.view, args=[program.pk]), icon="plus")
        for task in TASKS
        if may(role, task.act) and _has(f"{task.label} {task.words}", text)
    ]
    return Found("Tasks", hits[:MOST])


def _entries(program: Program, role: str) -> list[tuple[str, Entry]]:
    """The entries of the navigation and of the settings, each with where it is."""
    found = [
        (group.label or section.title, entry)
        for section in sections_for(program.pk, "")
        for group in section.groups
        for entry in group.entries
    ]
    found += [
        (f"Settings, {section.title}", entry) for section in settings_for(program.pk, role) for entry in section.entries
    ]
    return [*found, *(("", entry) for entry in foot_for(program.pk, ""))]


def _has(words: str, text: str) -> bool:
    known = words.casefold().replace(",", " ").split()
    return all(any(word.startswith(typed) for word in known) for typed in text.casefold().split())
