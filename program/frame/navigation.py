"""The left navigation, its foot and the settings: which pages there are, under the words of the field."""

from dataclasses import dataclass, replace

from django.urls import NoReverseMatch, reverse

from accounts.team.roles import Act, may


@dataclass(frozen=True)
class Entry:
    """One link. `views` are the prefixes of the view names that mark it as current, its own `view` among them."""

    label: str
    icon: str
    view: str
    views: tuple[str, ...] = ()
    act: Act = Act.VIEW
    text: str = ""  # what the page is for, where a page lists it
    is_counted: bool = False  # with the number of what needs attention beside it
    url: str = ""
    is_current: bool = False


@dataclass(frozen=True)
class Group:
    """Links under a head that opens and closes; a group without a label is its links alone."""

    label: str
    icon: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Section:
    """Groups under a title; the first has none."""

    title: str
    groups: tuple[Group, ...]


def _alone(entry: Entry) -> Group:
    return Group("", "", (entry,))


SECTIONS = (
    Section("", (_alone(Entry("Home", "home", "reports:home")),)),
    Section(
        "Engage",
        (
            Group(
                "Contracts",
                "contract",
                (
                    Entry(
                        "Template Terms",
                        "terms",
                        "contracts:terms_list",
                        ("contracts:", "tracking:limit_", "tracking:draft_"),
                    ),
                    Entry("Contracts", "contract", "contracts:contract_list", ("contracts:contract_",)),
                    Entry("Custom terms", "file", "contracts:custom_terms_list", ("contracts:custom_terms_",)),
                ),
            ),
            Group(
                "Partners",
                "partners",
                (
                    Entry("Partners", "partners", "program:partner_list", ("program:partner_", "reports:partner_")),
                    Entry("Groups", "groups", "program:partner_group_list", ("program:partner_group_",)),
                    Entry("Ads", "link", "program:ad_list", ("program:ad_", "program:link_")),
                    Entry("Promo codes", "tag", "program:promo_code_list", ("program:promo_code_",)),
                ),
            ),
            Group(
                "Transactions",
                "transactions",
                (
                    Entry("Actions", "actions", "tracking:action_list", ("tracking:",)),
                    Entry("Clicks", "click", "tracking:click_list", ("tracking:click_",)),
                    Entry(
                        "Needs attention",
                        "waiting",
                        "tracking:conversion_list",
                        ("tracking:conversion_", "tracking:modification_", "tracking:browser_and_server"),
                        is_counted=True,
                    ),
                    Entry("Uploads", "upload", "tracking:upload_list", ("tracking:upload_",)),
                ),
            ),
            _alone(
                Entry(
                    "Customers",
                    "customers",
                    "tracking:customer_list",
                    ("tracking:customer_", "program:customer_", "program:tag_act_", "tracking:status_check_"),
                )
            ),
        ),
    ),
    Section(
        "Reports",
        (
            _alone(Entry("New vs. Return Customer", "split", "reports:new_vs_return_customer")),
            _alone(
                Entry("Performance by Day by Customer Status", "days", "reports:performance_by_day_by_customer_status")
            ),
            _alone(Entry("Exports", "file", "reports:export_list", ("reports:export_",))),
        ),
    ),
)

SETTINGS_INDEX = Entry(
    "Settings",
    "settings",
    "program:settings_index",
    (
        "program:settings_", "program:program_", "program:tracking_", "program:event_type_", "reports:event_type_",
        "program:exception_list_", "program:catalog_", "program:media_source_", "program:team_", "program:token_",
        "program:audit_", "contracts:advanced_", "contracts:account_rules_", "tracking:tracking_code",
    ),
)  # fmt: skip
HELP = Entry("Help", "help", "program:help_index", ("program:help_",))
FOOT = (SETTINGS_INDEX, HELP)


@dataclass(frozen=True)
class SettingsSection:
    """Settings that concern one thing, as the index page lists them."""

    title: str
    entries: tuple[Entry, ...]


SETTINGS = (
    SettingsSection(
        "Tracking",
        (
            Entry(
                "Event Types",
                "actions",
                "program:event_type_list",
                text="What a customer does that partners are paid for, its customer status mapping and tracking code.",
            ),
            Entry(
                "Links and visitors",
                "link",
                "program:tracking_edit",
                text="To which domains click links may lead, and what is kept of visitors and for how long.",
            ),
            Entry(
                "Exception lists",
                "filter",
                "program:exception_list_list",
                text="Named lists of SKUs, categories or promo codes that rules ask for, and what terms ask for each.",
            ),
            Entry(
                "Product catalog",
                "tag",
                "program:catalog_list",
                text="Name, manufacturer and categories of each SKU, for rules on catalog variables.",
            ),
            Entry(
                "Media sources",
                "globe",
                "program:media_source_list",
                text="Unpaid sources that visitors come from, and the channel of each for the path variables.",
            ),
        ),
    ),
    SettingsSection(
        "Program",
        (
            Entry(
                "Program",
                "globe",
                "program:program_edit",
                text="Its name, and the time zone and currency that every figure is kept in.",
            ),
            Entry(
                "Exchange rates",
                "refresh",
                "tracking:exchange_rate_list",
                text="By which orders in another currency are converted, and up to which day there are rates.",
            ),
            Entry(
                "Advanced commission",
                "tag",
                "contracts:advanced_commission",
                text="What partners earn by customer tags, such as 50 % for VIP customers, over all terms.",
            ),
            Entry(
                "Account rules",
                "terms",
                "contracts:account_rules_edit",
                act=Act.ADMINISTER,
                text="Settings of terms that are locked to a value or a range, for everybody.",
            ),
            Entry("Team", "partners", "program:team_list", text="Who can log in, and in which role."),
            Entry(
                "API tokens", "key", "program:token_list", text="Secrets with which programs of yours report orders."
            ),
            Entry(
                "Audit log",
                "history",
                "program:audit_list",
                act=Act.ADMINISTER,
                text="Who changed what, and when. Nobody can change it.",
            ),
        ),
    ),
)


def sections_for(program_id: int, view_name: str) -> list[Section]:
    """The navigation of a program's page, with addresses, and with the entry of `view_name` marked as current."""
    entries = [entry for section in SECTIONS for group in section.groups for entry in group.entries]
    current = _current([*entries, *FOOT], view_name)
    return [
        replace(
            section,
            groups=tuple(
                replace(group, entries=_resolved(group.entries, program_id, current)) for group in section.groups
            ),
        )
        for section in SECTIONS
    ]


def foot_for(program_id: int, view_name: str) -> tuple[Entry, ...]:
    """Settings and Help, which stand at the foot of the navigation and in the user menu."""
    entries = [entry for section in SECTIONS for group in section.groups for entry in group.entries]
    return _resolved(FOOT, program_id, _current([*entries, *FOOT], view_name))


def settings_for(program_id: int, role: str) -> list[SettingsSection]:
    """The settings that the role may see, with addresses."""
    return [
        replace(
            section,
            entries=_resolved(tuple(entry for entry in section.entries if may(role, entry.act)), program_id, None),
        )
        for section in SETTINGS
    ]


def _current(entries: list[Entry], view_name: str) -> str | None:
    """The view of the entry with the longest matching prefix: partner_group_edit belongs to Groups, not to Partners."""
    fits = [
        (len(start), entry.view)
        for entry in entries
        for start in (entry.view, *entry.views)
        if view_name.startswith(start)
    ]
    return max(fits)[1] if fits else None


def _resolved(entries: tuple[Entry, ...], program_id: int, current: str | None) -> tuple[Entry, ...]:
    found = []
    for entry in entries:
        try:
            url = reverse(entry.view, args=[program_id])
        except NoReverseMatch:
            continue
        found.append(replace(entry, url=url, is_current=entry.view == current))
    return tuple(found)
