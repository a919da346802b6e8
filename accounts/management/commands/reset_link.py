"""Resets a forgotten password where no mail is sent."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError

from accounts.sign_in.passwords import reset_link
from common.web.links import link


class Command(BaseCommand):
    help = "Prints a link at which the user NAME chooses a new password. It works once, for an hour, and is not stored."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", metavar="NAME", help="the user name")

    def handle(self, *args: Any, **options: Any) -> None:
        user = get_user_model().objects.filter(username=options["name"], is_active=True).first()
        if user is None:
            raise CommandError(f"{options['name']} is not an active user.")
        self.stdout.write(link(reset_link(user=user)))
        minutes = settings.PASSWORD_RESET_TIMEOUT // 60
        self.stderr.write(
            f"Anyone who opens it within {minutes} minutes can choose the password of {user.get_username()}."
        )
