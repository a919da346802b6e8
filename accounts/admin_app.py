"""Django admin with our site, which has no log-in page of its own."""

from django.contrib.admin.apps import AdminConfig


class AdminApp(AdminConfig):
    default_site = "accounts.admin_site.Site"
