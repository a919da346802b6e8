"""Which role may do what: the one table that every access check, button and refusal uses."""

from enum import Enum

from django.forms import Form
from django.http import HttpRequest

from accounts.models import Membership

Role = Membership.Role


class Act(Enum):
    """A right. Its value completes the sentence “… may”."""

    VIEW = "see this"
    EDIT = "edit this"
    SETTLE = "change or reverse actions"
    ADMINISTER = "administer the account"


ROLES: dict[Act, tuple[Role, ...]] = {
    Act.VIEW: (Role.VIEWER, Role.EDITOR, Role.FINANCE, Role.ADMINISTRATOR),
    # Event types, terms and their publication, partners, customers, lists, catalog, orders.
    Act.EDIT: (Role.EDITOR, Role.ADMINISTRATOR),
    # Files of modifications, and changes that were refused.
    Act.SETTLE: (Role.EDITOR, Role.FINANCE, Role.ADMINISTRATOR),
    # Team, API tokens, audit log.
    Act.ADMINISTER: (Role.ADMINISTRATOR,),
}


def may(role: str, act: Act) -> bool:
    return role in ROLES[act]


def refusal(role: str, act: Act) -> str:
    """Why somebody of this role is refused, and whom to ask."""
    names = [wanted.label.lower() for wanted in ROLES[act]]
    asked = f"{', '.join(names[:-1])} or {names[-1]}" if len(names) > 1 else names[0]
    article = "an" if asked[0] in "aeiou" else "a"
    own = Role(role).label.lower()
    return f"Your role in this account is {own}. Only {article} {asked} may {act.value}."


def locked[F: Form](form: F, request: HttpRequest) -> F:
    """The form, to be read only where the reader may not change it."""
    if not may(request.role, Act.EDIT):  # type: ignore[attr-defined]
        for field in form.fields.values():
            field.disabled = True
    return form
