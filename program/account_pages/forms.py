"""Forms of API tokens and invitations."""

from django import forms

from accounts.models import ApiToken, Membership


class ApiTokenForm(forms.Form):
    name = forms.CharField(max_length=80, help_text="Who or what uses it, such as Web shop.")
    scope = forms.ChoiceField(
        choices=ApiToken.Scope,
        initial=ApiToken.Scope.WRITE,
        help_text="Read asks what happened to reported orders and what an order would pay. Write reports orders, too.",
    )


class InvitationForm(forms.Form):
    email = forms.EmailField(label="E-mail address", max_length=150)
    role = forms.ChoiceField(choices=Membership.Role, initial=Membership.Role.VIEWER)
