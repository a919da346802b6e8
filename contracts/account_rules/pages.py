"""Settings → Account rules, for administrators."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from common.db.edits import Stale
from common.refusals import Refused
from common.web.edit_forms import status_of
from common.web.refusals import to_form
from program.access import program_for_administration
from program.frame.request import ProgramRequest

from .checks import rules_of
from .forms import AccountRulesForm
from .services import rule_values, set_account_rules


@require_http_methods(["GET", "HEAD", "POST"])
def account_rules_edit(request: ProgramRequest, program_id: int) -> HttpResponse:
    """Which settings of terms are locked for the whole account."""
    program = program_for_administration(request.principal, program_id)
    account = program.account
    stored = rule_values(account)
    form = AccountRulesForm(request.POST or None, initial=stored)
    if request.method == "POST" and form.is_valid():
        try:
            changed = set_account_rules(account=account, wanted=form.wanted(), user=request.user, seen=form.seen)
        except Stale:
            form.contradict(rule_values(account), page=request.path)
        except Refused as refused:
            to_form(form, refused)
        else:
            words = "1 rule was changed." if changed == 1 else f"{changed} rules were changed."
            messages.success(
                request, f"{words} They count when terms are saved or published." if changed else "Nothing was changed."
            )
            return redirect("contracts:account_rules_edit", program_id)
    context = {"form": form, "sections": list(form.rows(rules_of(program)))}
    return render(request, "contracts/account_rules_edit.html", context, status=status_of(request, form))
