"""Settings → Account rules, for administrators."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from common.db.edits import Stale, refuse_changed
from common.refusals import Refused
from common.web.edit_forms import status_of
from common.web.refusals import to_form
from program.access import program_for_administration
from program.frame.request import ProgramRequest

from .broken import Broken, broken_terms
from .checks import rules_of
from .forms import AccountRulesForm
from .services import changed_rules, rule_values, set_account_rules

MOST_SHOWN = 50  # of drafts and versions that break a rule


@require_http_methods(["GET", "HEAD", "POST"])
def account_rules_edit(request: ProgramRequest, program_id: int) -> HttpResponse:
    """Which settings of terms are locked for the whole account."""
    program = program_for_administration(request.principal, program_id)
    account = program.account
    stored = rule_values(account)
    form = AccountRulesForm(request.POST or None, initial=stored)
    if request.method == "POST" and form.is_valid():
        try:
            refuse_changed(stored, form.seen)
            if "confirmed" not in request.POST:
                rules = changed_rules(account=account, wanted=form.wanted())
                if broken := broken_terms(account, rules):
                    sent = [(name, request.POST[name]) for name in request.POST if name != "csrfmiddlewaretoken"]
                    return render(request, "contracts/account_rules_confirm.html", {"sent": sent, **_shown(broken)})
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
    rules = rules_of(program)
    context = {"form": form, "rows": list(form.rows(rules)), **_shown(broken_terms(account, rules))}
    return render(request, "contracts/account_rules_edit.html", context, status=status_of(request, form))


def _shown(broken: list[Broken]) -> dict[str, Any]:
    """The first that break a rule, how many more there are, and whether they are of several programs."""
    programs = {each.template_terms.program_id for each in broken}
    return {
        "broken": broken[:MOST_SHOWN],
        "more": max(0, len(broken) - MOST_SHOWN),
        "in_several_programs": len(programs) > 1,
    }
