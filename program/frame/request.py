"""A request to a page of a program: the program in its address, and who asks for it as what."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

from accounts.sign_in.request import UserRequest
from program.models import Program
from program.principal import Principal, member


class ProgramRequest(UserRequest):
    """A request as the type checker sees it, in a view whose address names a program."""

    principal: Principal
    program: Program
    role: str
    stands_under: str  # set by a page whose own breadcrumb leads elsewhere


class ProgramMiddleware:
    """Answers 404 where the program in the address is not the user's: its number cannot be probed.

    What the user may do there is decided by access functions, which every view calls with `request.principal`. It comes
    after LoginRequiredMiddleware, which ensures that somebody is logged in.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: ProgramRequest, view: Any, args: Any, kwargs: dict[str, Any]) -> None:
        if "program_id" not in kwargs:
            return
        principal = member(request.user.pk, kwargs["program_id"])
        if principal is None or principal.program is None:
            raise Http404("No such program.")
        request.principal = principal
        request.program, request.role = principal.program, principal.role
