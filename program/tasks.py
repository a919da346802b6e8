"""Doorbells of this room."""

import structlog
from celery import shared_task
from django.conf import settings
from django.contrib.auth.forms import PasswordResetForm

log = structlog.get_logger(__name__)


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
        extra_email_context={"minutes": settings.PASSWORD_RESET_TIMEOUT // 60},
    )
    if not settings.MAIL_IS_SENT:
        log.warning("mail is written here and sent to nobody: EMAIL_URL is not set")
