"""Which role, or scope of an API token, may do what: the one table that every access check, button and refusal uses."""

from enum import Enum

from django.forms import Form

from accounts.models import ApiToken, Membership

Role, Scope = Membership.Role, ApiToken.Scope


class Act(Enum):
    """A right. Its value completes the sentence “… may”."""

    VIEW = "see this"
    EDIT = "edit this"
    REPORT = "report orders"
    TAG = "change customers and tags"
    OFFER = "change ads and promo codes"
    LIST = "change exception lists"
    SETTLE = "change or reverse actions"
    ADMINISTER = "administer the account"


ROLES: dict[Act, tuple[Membership.Role | ApiToken.Scope, ...]] = {
    Act.VIEW: (Role.VIEWER, Role.EDITOR, Role.FINANCE, Role.ADMINISTRATOR, Scope.READ, Scope.WRITE),
    # Event types, terms and their publication, partners, customers, lists, catalog.
    Act.EDIT: (Role.EDITOR, Role.ADMINISTRATOR),
    # Orders, by the API or by file.
    Act.REPORT: (Role.EDITOR, Role.ADMINISTRATOR, Scope.WRITE),
    # Customers and their tags, by the API; on pages that is a part of EDIT.
    Act.TAG: (Role.EDITOR, Role.ADMINISTRATOR, Scope.WRITE),
    # Ads and promo codes, by the API; on pages that is a part of EDIT.
    Act.OFFER: (Role.EDITOR, Role.ADMINISTRATOR, Scope.WRITE),
    # Exception lists, by the API; on pages that is a part of EDIT.
    Act.LIST: (Role.EDITOR, Role.ADMINISTRATOR, Scope.WRITE),
    # Files of modifications, and changes that were refused.
    Act.SETTLE: (Role.EDITOR, Role.FINANCE, Role.ADMINISTRATOR),
    # Team, API tokens, audit log.
    Act.ADMINISTER: (Role.ADMINISTRATOR,),
}


def may(role: str, act: Act) -> bool:
    return role in ROLES[act]


def refusal(role: str, act: Act) -> str:
    """Why somebody of this role is refused, and whom to ask."""
    if role in Scope:
        return f"This token may only read; use one with the scope {Scope.WRITE.label}."
    names = [wanted.label.lower() for wanted in ROLES[act] if isinstance(wanted, Membership.Role)]
    asked = f"{', '.join(names[:-1])} or {names[-1]}" if len(names) > 1 else names[0]
    article = "an" if asked[0] in "aeiou" else "a"
    own = Role(role).label.lower()
    return f"Your role in this account is {own}. Only {article} {asked} may {act.value}."


def locked[F: Form](form: F, role: str) -> F:
    """The form, to be read only where the reader may not change it."""
    if not may(role, Act.EDIT):
        for field in form.fields.values():
            field.disabled = True
    return form
