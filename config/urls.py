"""Every address of the product. Each app spells its own paths in full: pages live under /p/<program>/."""

from django.conf import settings
from django.contrib import admin
from django.contrib.auth import views as auth
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path

from config.health import healthz
from program.log_in import LogInForm

urlpatterns = [
    path("admin/", admin.site.urls),
    path("healthz", healthz, name="healthz"),
    path("log-in/", auth.LoginView.as_view(form_class=LogInForm, redirect_authenticated_user=True), name="login"),
    path("log-out/", auth.LogoutView.as_view(), name="logout"),
    path("password-change/", auth.PasswordChangeView.as_view(), name="password_change"),
    path("password-change/done/", auth.PasswordChangeDoneView.as_view(), name="password_change_done"),
    path("", include("program.urls")),
    path("", include("contracts.urls")),
    path("", include("tracking.urls")),
    path("", include("reports.urls")),
]
if settings.DEBUG:
    from program.styleguide import styleguide

    urlpatterns.append(path("styleguide/", login_not_required(styleguide), name="styleguide"))
