"""What the frame of every page needs: the program in the address, the reader's programs, role and navigation."""

from typing import Any

from django.http import HttpRequest

from accounts.models import Membership
from accounts.team.roles import Act, may
from program.models import Program

from .navigation import sections_for, settings_for


def frame(request: HttpRequest) -> dict[str, Any]:
    """Variables of base.html. `request.program` is set by the access functions, never here: they check access."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"program": None, "programs": [], "role": "", **_rights("")}
    program: Program | None = getattr(request, "program", None)
    variables: dict[str, Any] = {
        "program": program,
        "programs": Program.objects.for_user(user).select_related("account"),
        "role": "",
        **_rights(""),
    }
    if program is not None:
        view_name = request.resolver_match.view_name if request.resolver_match else ""
        view_name = getattr(request, "stands_under", view_name)  # where a page's own breadcrumb leads elsewhere
        role = getattr(request, "role", None) or _role(user, program)
        variables |= {
            "role": role,
            **_rights(role),
            "navigation": sections_for(program.id, view_name),
            "settings_menu": settings_for(program.id, role),
        }
    return variables


def _rights(role: str) -> dict[str, bool]:
    """The rights that buttons ask for: each page shows only those that the user may use."""
    return {
        "is_editor": may(role, Act.EDIT),
        "may_settle": may(role, Act.SETTLE),
        "is_administrator": may(role, Act.ADMINISTER),
    }


def _role(user: Any, program: Program) -> str:
    membership = Membership.objects.active().filter(user=user, account_id=program.account_id).first()
    return membership.role if membership else ""
