"""Settings → API tokens. They belong to the account: one opens all of its programs."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.api_tokens import make_api_token, revoke_api_token
from accounts.models import ApiToken
from common.refusals import Refused
from common.web.refusals import to_form
from program.access import api_token_for_administration, program_for_administration, program_for_view
from program.account_pages.forms import ApiTokenForm
from program.frame.request import ProgramRequest
from program.models import Program


@require_safe
def token_list(request: ProgramRequest, program_id: int) -> HttpResponse:
    return _list(request, program_for_view(request.principal, program_id), ApiTokenForm())


@never_cache
@require_POST
def token_create(request: ProgramRequest, program_id: int) -> HttpResponse:
    """Create a token and show its secret, on this page only."""
    program = program_for_administration(request.principal, program_id)
    form = ApiTokenForm(request.POST)
    if form.is_valid():
        try:
            token, secret = make_api_token(account=program.account, user=request.user, **form.cleaned_data)
        except Refused as refused:
            to_form(form, refused)
        else:
            return _list(request, program, ApiTokenForm(), token=token, secret=secret)
    return _list(request, program, form, status=422)


@require_POST
def token_revoke(request: ProgramRequest, program_id: int, pk: int) -> HttpResponse:
    token = api_token_for_administration(request.principal, program_id, pk)
    if revoke_api_token(token=token):
        messages.success(request, f"{token.name} is revoked: calls with it are refused from now on.")
    return redirect("program:token_list", program_id)


def _list(
    request: ProgramRequest,
    program: Program,
    form: ApiTokenForm,
    *,
    token: ApiToken | None = None,
    secret: str = "",
    status: int = 200,
) -> HttpResponse:
    tokens = ApiToken.objects.filter(account=program.account).select_related("created_by")
    context = {"form": form, "tokens": tokens, "made": token, "secret": secret}
    return render(request, "program/token_list.html", context, status=status)
