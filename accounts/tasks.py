"""Celery tasks of accounts: mails with links, and sessions that ended."""

from urllib.parse import urlsplit

from celery import shared_task
from django.conf import settings
from django.contrib.auth.forms import PasswordResetForm
from django.core.exceptions import PermissionDenied
from django.core.mail import send_mail
from django.core.management import call_command
from django.template.loader import render_to_string

from accounts.models import Invitation
from accounts.sign_in.passwords import mailed_tokens
from accounts.team.invitations import GOOD_FOR, renew_link
from common.web.links import link


@shared_task(name="accounts.clear_sessions")
def clear_sessions() -> None:
    """Remove the rows of sessions that ended; Celery beat enqueues this once a day."""
    call_command("clearsessions")


@shared_task(name="accounts.send_password_link")
def send_password_link(email: str) -> None:
    """Send the user with this address, if any, a link to choose a new password. A worker sends it, so that the page
    takes no longer for a known address.
    """
    form = PasswordResetForm({"email": email})
    if not form.is_valid():
        return
    site = urlsplit(settings.BASE_URL)
    form.save(
        domain_override=site.netloc,
        use_https=site.scheme == "https",
        email_template_name="registration/password_reset_email.txt",
        token_generator=mailed_tokens,
        extra_email_context={"minutes": str(settings.PASSWORD_RESET_TIMEOUT // 60)},
    )


@shared_task(name="accounts.send_invitation")
def send_invitation(invitation_id: int) -> None:
    """Mail an invitation with a new link, made here, so that no link is stored in the queue."""
    invitation = Invitation.objects.select_related("account").get(pk=invitation_id)
    try:
        path = renew_link(invitation=invitation, is_mailed=True)
    except PermissionDenied:
        return  # accepted or taken back meanwhile
    context = {"invitation": invitation, "link": link(path), "days": GOOD_FOR.days}
    body = render_to_string("registration/invitation_email.txt", context)
    send_mail("You are invited to Brandboard", body, None, [invitation.email])
