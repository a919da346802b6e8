"""Shows what publishing or joining does, asks, and does what was confirmed or leaves it to a worker."""

from collections.abc import Callable
from typing import Any

from django.shortcuts import redirect, render

from common.db.edits import Stale
from common.queue.notify import notify
from contracts.models import TemplateTerms
from contracts.publishing.effect_words import effects_context
from contracts.publishing.effects import Effects
from program.frame.request import ProgramRequest

from .jobs import CHANGED, LARGE, Wanted, contracts_touched, leave_to_worker

NOT_SENT_AGAIN = {"shown", "csrfmiddlewaretoken", "back"}


def ask_and_do(
    request: ProgramRequest,
    template_terms: TemplateTerms,
    wanted: Wanted,
    effects: Callable[[], Effects],
    act: Callable[[str], Any],
    about: dict[str, Any],
) -> Any:
    """The result, where it was confirmed; else the page that shows the effects and asks. A confirmation of effects that
    have changed since is answered with the new ones, as 409. Where many contracts are touched a worker does what was
    confirmed, and its page is the answer. Raises Refused.
    """
    status = 200
    sent = [(name, value) for name, each in request.POST.lists() if name not in NOT_SENT_AGAIN for value in each]
    if "shown" in request.POST:
        shown, touched = request.POST["shown"], contracts_touched(template_terms, wanted.join)
        if touched > LARGE:
            job = leave_to_worker(
                template_terms=template_terms,
                wanted=wanted,
                shown=shown[:64],
                touched=touched,
                address=request.get_full_path(),
                sent=sent,
                user_id=request.user.pk,
            )
            notify("contracts.publish_confirmed", job.pk)
            return redirect("contracts:publishing_detail", template_terms.program_id, job.pk)
        try:
            return act(shown)
        except Stale:
            status = 409
    context = {
        "template_terms": template_terms,
        "sent": sent,
        "problem": CHANGED if status == 409 else "",
        **about,
        **effects_context(effects(), template_terms.program),
    }
    return render(request, "contracts/terms_confirm.html", context, status=status)
