"""Addresses of signing in. Django's own pages use these names, so they are outside the app's namespace."""

from django.contrib.auth import views as auth
from django.urls import path

from accounts.second_factor import pages as security
from accounts.sign_in import pages as sign_in
from accounts.team import pages as invitations

urlpatterns = [
    path("log-in/", sign_in.LogIn.as_view(), name="login"),
    path("log-in/code/", sign_in.log_in_code, name="log_in_code"),
    path("log-out/", auth.LogoutView.as_view(), name="logout"),
    path("password-change/", sign_in.ChangePassword.as_view(), name="password_change"),
    path("password-change/done/", auth.PasswordChangeDoneView.as_view(), name="password_change_done"),
    path("password-reset/", sign_in.AskForLink.as_view(), name="password_reset"),
    path("password-reset/done/", auth.PasswordResetDoneView.as_view(), name="password_reset_done"),
    path("password-reset/<uidb64>/<token>/", sign_in.ChooseNewPassword.as_view(), name="password_reset_confirm"),
    path("password-reset/complete/", auth.PasswordResetCompleteView.as_view(), name="password_reset_complete"),
    path("invitation/<str:token>/", invitations.invitation, name="invitation"),
    path("security/", security.security, name="security"),
    path("security/second-factor/on/", security.second_factor_on, name="second_factor_on"),
    path("security/second-factor/off/", security.second_factor_off, name="second_factor_off"),
    path("security/recovery-codes/", security.recovery_codes, name="recovery_codes"),
]
