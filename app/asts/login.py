"""login: whether users can sign on. Signs each on and off again; reads nothing, changes nothing."""

from app.asts.base import Ast, Columns, Field, Parameters, SecretStr, SignOn
from app.asts.insurance import MENU
from app.asts.panels import sign_off, sign_on
from app.asts.script import Done, Script


class UserItem(Columns):
    """One user a line."""

    user: str = Field(min_length=1, max_length=8, title="User", description="A user of the host, as typed at sign-on")


class LoginParameters(Parameters):
    """The password is tried once for each user of the list."""

    password: SecretStr = Field(title="Password", description="What all users of the list sign on with", min_length=1)


class Login(Ast):
    """Signs users on and off."""

    name = "login"
    title = "Sign-on check"
    description = "Signs each user on with the password given, and off again. A user is tried once, so none is locked out."
    Item = UserItem
    Parameters = LoginParameters
    quiet_ms = 0

    def sign_on(self, who: SignOn | None) -> Script:
        """Lanes wait at SIGN-ON: the items are what signs on."""
        return Done()
        yield

    def process(self, item: UserItem) -> Script:
        """From SIGN-ON to SIGN-ON."""
        outcome = yield from sign_on(item.user, self.parameters.password.get_secret_value(), MENU)
        if not isinstance(outcome, Done):
            return outcome
        signed_off = yield from sign_off()
        return Done(signed_on="yes") if isinstance(signed_off, Done) else signed_off
