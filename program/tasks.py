"""Doorbells of this room."""

from celery import shared_task
from django.conf import settings
from django.contrib.auth.forms import PasswordResetForm
from django.core.mail import send_mail
from django.core.management import call_command
from django.template.loader import render_to_string

from program.models import Membership
from program.services.team import first_link, has_yet_to_sign_in


@shared_task
def clear_sessions() -> None:
    """Remove the rows of sessions that ended; the clock asks for it once a day."""
    call_command("clearsessions")


@shared_task
def send_password_link(email: str, host: str, is_https: bool) -> None:
    """Send whoever has this address a link to choose a new password; nobody else notices.

    In a worker, so that the page's answer takes no longer for an address that somebody has.
    """
    form = PasswordResetForm({"email": email})
    if not form.is_valid():
        return
    form.save(
        domain_override=host,
        use_https=is_https,
        email_template_name="registration/password_reset_email.txt",
        extra_email_context={"minutes": str(settings.PASSWORD_RESET_TIMEOUT // 60)},
    )


@shared_task
def send_first_link(membership_id: int, host: str, is_https: bool) -> None:
    """Send a new member the link at which they choose a password; made here, so that none lies in the queue."""
    membership = Membership.objects.select_related("user", "account").get(pk=membership_id)
    if not has_yet_to_sign_in(membership):
        return
    context = {
        "account": membership.account,
        "user": membership.user,
        "link": f"http{'s' if is_https else ''}://{host}{first_link(membership=membership)}",
        "minutes": settings.PASSWORD_RESET_TIMEOUT // 60,
    }
    send_mail(
        "Your log-in to Brandboard",
        render_to_string("registration/first_link_email.txt", context),
        None,
        [membership.user.email],
    )
