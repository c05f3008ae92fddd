"""What people type to get in and to change their account."""

from flask_wtf import FlaskForm
from wtforms import BooleanField, EmailField, PasswordField, SelectMultipleField, StringField
from wtforms.validators import Email, EqualTo, InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from gamebash.core.forms import choices
from gamebash.people.passwords import LONGEST, SHORTEST
from gamebash.policy import Role

_email = [InputRequired("Type your email address."), Email("This is no email address."), Length(max=254)]
_new_password = [
    InputRequired("Choose a password."),
    Length(
        SHORTEST, LONGEST, f"A password has {SHORTEST} to {LONGEST} characters; a few words in a row make a good one."
    ),
]


class SignInForm(FlaskForm):
    """Email and password."""

    email = EmailField("Email", [InputRequired("Type your email address.")], render_kw={"autocomplete": "username"})
    password = PasswordField(
        "Password", [InputRequired("Type your password.")], render_kw={"autocomplete": "current-password"}
    )


class ForgotForm(FlaskForm):
    """Whose link."""

    email = EmailField("Email", _email, render_kw={"autocomplete": "username"})


class NewPasswordForm(FlaskForm):
    """A password, twice."""

    password = PasswordField("New password", _new_password, render_kw={"autocomplete": "new-password"})
    again = PasswordField(
        "The same again", [EqualTo("password", "The two do not match.")], render_kw={"autocomplete": "new-password"}
    )


class FirstRunForm(NewPasswordForm):
    """The first admin."""

    name = StringField(
        "Your name", [InputRequired("Type your name."), Length(max=120)], render_kw={"autocomplete": "name"}
    )
    email = EmailField("Email", _email, render_kw={"autocomplete": "username"})


class AccountForm(FlaskForm):
    """One's own account."""

    name = StringField(
        "Name", [InputRequired("A name is needed."), Length(max=120)], render_kw={"autocomplete": "name"}
    )
    alias = StringField("Alias in the game", [Length(max=40)])
    is_playing = BooleanField("Take part in the game")
    is_listed = BooleanField("Show me on leaderboards")
    has_shortcuts = BooleanField("Letter keys (J, K, C …)")


class ChangePasswordForm(NewPasswordForm):
    """The present password and a new one."""

    old = PasswordField(
        "Present password",
        [InputRequired("Type your present password.")],
        render_kw={"autocomplete": "current-password"},
    )


class RolesForm(FlaskForm):
    """Which roles."""

    roles = SelectMultipleField(
        "Roles",
        choices=choices((role.value, role.value.capitalize()) for role in Role),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )

    @property
    def chosen(self) -> list[Role]:
        """The roles that were ticked."""
        return [Role(value) for value in self.roles.data or []]


class InviteForm(RolesForm):
    """Whom to invite."""

    name = StringField("Name", [InputRequired("Type the person's name."), Length(max=120)])
    email = EmailField("Email", _email)
