"""What the frame of every page needs: the program in the address, the reader's programs, role and navigation."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest

from accounts.team.roles import Act, may
from program.models import Program
from program.principal import Principal

from .attention import CAP, attention_of
from .navigation import foot_for, sections_for


def frame(request: HttpRequest) -> dict[str, Any]:
    """Variables of base.html. Who asks, in which program, is what ProgramMiddleware found, which checks access."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"program": None, "programs": [], "role": "", **_rights("")}
    principal: Principal | None = getattr(request, "principal", None)
    program = principal.program if principal else None
    programs = Program.objects.for_user(user).select_related("account")
    if program is not None:
        programs = programs.annotate(attention=attention_of(program.id))
    variables: dict[str, Any] = {
        "program": program,
        "programs": programs,
        "role": "",
        **_rights(""),
    }
    if principal is not None and program is not None:
        view_name = request.resolver_match.view_name if request.resolver_match else ""
        view_name = getattr(request, "stands_under", view_name)  # where a page's own breadcrumb leads elsewhere
        variables |= {
            "role": principal.role,
            **_rights(principal.role),
            "navigation": sections_for(program.id, view_name),
            "navigation_foot": foot_for(program.id, view_name),
            "attention": _attention(programs, program),
        }
    return variables


def _attention(programs: Any, program: Program) -> Callable[[], str]:
    """The number beside “Needs attention”. It comes with the reader's programs, which a whole page asks for anyway; a
    part of a page asks for neither.
    """

    def words() -> str:
        found = next((each.attention for each in programs if each.id == program.id), 0)
        return f"{CAP - 1:,}+" if found >= CAP else f"{found:,}" if found else ""

    return words


def _rights(role: str) -> dict[str, bool]:
    """The rights that buttons ask for: each page shows only those that the user may use."""
    return {
        "is_editor": may(role, Act.EDIT),
        "may_settle": may(role, Act.SETTLE),
        "is_administrator": may(role, Act.ADMINISTER),
    }
