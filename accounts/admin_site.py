"""The site of Django admin. It has no log-in page of its own, which would bypass the second factor."""

from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache


class Site(AdminSite):
    site_title = site_header = "Brandboard"
    index_title = "Django admin"

    @method_decorator(never_cache)
    @method_decorator(login_not_required)
    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Send to the product's log-in page, and back."""
        if request.user.is_authenticated and not self.has_permission(request):
            raise PermissionDenied("Django admin is for administrators of this installation.")
        wanted = request.GET.get("next", "")
        if not url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure()):
            wanted = reverse("admin:index", current_app=self.name)
        return redirect_to_login(wanted)
