"""Who asks: the one argument by which access functions decide, so that none depends on how somebody logged in."""

from dataclasses import dataclass

from accounts.models import Account, ApiToken, Membership
from accounts.team.roles import Act, may, refusal
from program.models import Program


@dataclass(frozen=True)
class Principal:
    """Somebody or something that acts in an account: a member by their role, or an API token by its scope.

    What the role may do is said in accounts/team/roles.py. Another kind of principal is one more role there and one
    more function here.
    """

    account: Account
    role: str
    user_id: int | None = None
    program: Program | None = None  # the one in the address of a page

    def may(self, act: Act) -> bool:
        return may(self.role, act)

    def refusal(self, act: Act) -> str:
        """Why this principal is refused, and whom to ask."""
        return refusal(self.role, act)


def member(user_id: int | None, program_id: int) -> Principal | None:
    """The user as a member of the account that the program belongs to; None where they are not in its team."""
    memberships = Membership.objects.active().filter(user=user_id, account__program=program_id)
    role = memberships.values_list("role", flat=True).first()
    if role is None:
        return None
    program = Program.objects.select_related("account").get(id=program_id)
    return Principal(account=program.account, role=role, user_id=user_id, program=program)


def token_holder(token: ApiToken) -> Principal:
    """The caller of the API who sent this token."""
    return Principal(account=token.account, role=token.scope)
