"""The forms of signing in and of one's own account: plain labels, bounded input, what browsers need to fill them."""

from typing import Any

from allauth.account.forms import (
    AddEmailForm,
    ChangePasswordForm,
    LoginForm,
    ReauthenticateForm,
    ResetPasswordForm,
    ResetPasswordKeyForm,
    UserTokenForm,
)
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as ReauthenticateByCodeForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator

from editorial import languages, orcid, second_factor
from editorial.models import AccountRequest, Invitation, User

LONGEST_PASSWORD = 1000
LONGEST_NAME = 254
LONGEST_CODE = 20
LONGEST_CREDENTIAL = 20_000
PASSWORD_HINT = "At least 12 characters. A few words that nobody else would put together are easy to remember."  # noqa: S105
HARD_TO_READ = "This passkey could not be read. Try again, or use a code."


class Bounded:
    """Our words instead of the library's, no placeholders, and a length that nothing exceeds."""

    words: dict[str, tuple[str, str]] = {}
    longest: dict[str, int] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():  # type: ignore[attr-defined]
            field.widget.attrs.pop("placeholder", None)
            if name in self.words:
                field.label, field.help_text = self.words[name]
            longest = self.longest.get(name, LONGEST_PASSWORD)
            field.validators = [*field.validators, MaxLengthValidator(longest)]
            if isinstance(field.widget, forms.TextInput | forms.PasswordInput):
                field.widget.attrs["maxlength"] = longest


class SignInForm(Bounded, LoginForm):
    words = {"login": ("User name or e-mail address", ""), "password": ("Password", "")}
    longest = {"login": LONGEST_NAME}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].widget.attrs["autocomplete"] = "username"

    def add_prefix(self, field_name: str) -> str:
        """As the field is called everywhere else, for whoever fills it by program."""
        return "username" if field_name == "login" else field_name


class AddressForm(Bounded, AddEmailForm):
    words = {"email": ("New e-mail address", "It becomes yours once you have followed the link that we send to it.")}
    longest = {"email": LONGEST_NAME}


class NewPasswordForm(Bounded, ChangePasswordForm):
    words = {
        "oldpassword": ("Present password", ""),
        "password1": ("New password", PASSWORD_HINT),
        "password2": ("New password, once more", ""),
    }


class LostPasswordForm(Bounded, ResetPasswordForm):
    words = {"email": ("E-mail address", "The one that belongs to your account.")}
    longest = {"email": LONGEST_NAME}


class PasswordByLinkForm(Bounded, ResetPasswordKeyForm):
    words = {"password1": ("New password", PASSWORD_HINT), "password2": ("New password, once more", "")}


class ResetLinkForm(UserTokenForm):
    """The two parts of a link, as they come out of an address."""

    def _get_user(self, uidb36: str) -> User | None:
        """Only somebody who may sign in; and a number that no database has is nobody."""
        try:
            user = super()._get_user(uidb36)
        except (OverflowError, ValidationError):
            return None
        return user if isinstance(user, User) and user.is_active and not user.is_machine else None


class PasswordAgainForm(Bounded, ReauthenticateForm):
    words = {"password": ("Password", "")}


class _Code(Bounded):
    words = {"code": ("Code", "Six digits from your authenticator app, or one of your recovery codes.")}
    longest = {"code": LONGEST_CODE}

    def clean_code(self) -> str:
        code = super().clean_code()  # type: ignore[misc]
        if not second_factor.is_first_use(self.user, code):  # type: ignore[attr-defined]
            raise ValidationError("This code was used a moment ago. Wait until your app shows the next one.")
        return code


class CodeForm(_Code, AuthenticateForm):
    pass


class CodeAgainForm(_Code, ReauthenticateByCodeForm):
    pass


class AppForm(Bounded, ActivateTOTPForm):
    words = {"code": ("Code that the app shows now", "Six digits.")}
    longest = {"code": LONGEST_CODE}


class _Passkey:
    """What a browser hands over is read by a library that expects it to be honest."""

    def full_clean(self) -> None:
        try:
            super().full_clean()  # type: ignore[misc]
        except (TypeError, ValueError, KeyError, AttributeError, OverflowError):
            self._errors = forms.utils.ErrorDict()
            self.cleaned_data: dict[str, Any] = {}
            self.add_error("credential", HARD_TO_READ)  # type: ignore[attr-defined]


class PasskeyForm(_Passkey, AddWebAuthnForm):
    name = forms.CharField(
        label="Name", max_length=60, required=False, help_text="So that you know it again: my telephone, the blue key."
    )
    passwordless = forms.BooleanField(
        label="Let me sign in with it alone",
        required=False,
        help_text="Without the password. The device then asks for a fingerprint, a face or its own PIN.",
    )


class PasskeyCodeForm(_Passkey, AuthenticateWebAuthnForm):
    pass


class PasskeyAgainForm(_Passkey, ReauthenticateWebAuthnForm):
    pass


class PasskeySignInForm(_Passkey, LoginWebAuthnForm):
    pass


class ProfileForm(forms.Form):
    """What readers and colleagues see of a person."""

    printed_name = forms.CharField(
        label="Name as printed",
        max_length=120,
        help_text="Readers see it beside what you answer for: Dr Ada Example. What is signed already keeps its name.",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    affiliation = forms.CharField(
        label="Affiliation",
        max_length=160,
        required=False,
        help_text="Where you work: University Hospital of Example.",
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    orcid = forms.CharField(
        label="ORCID iD", max_length=60, required=False, help_text="For example 0000-0002-1825-0097, or its address."
    )
    languages = forms.CharField(
        label="Languages",
        max_length=300,
        required=False,
        help_text="Those you can work in, with commas: English, Deutsch.",
    )

    def clean_orcid(self) -> str:
        written = self.cleaned_data["orcid"]
        return orcid.normalised(written) if written else ""

    def clean_languages(self) -> list[str]:
        return languages.codes_of(self.cleaned_data["languages"])


class OpenAccountForm(forms.Form):
    """The other end of an invitation."""

    printed_name = forms.CharField(
        label="Name as printed",
        max_length=120,
        error_messages={"required": "Give your name: readers see it beside what you answer for."},
        help_text="Readers see it beside what you answer for: Dr Ada Example.",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    password1 = forms.CharField(
        label="Password",
        max_length=LONGEST_PASSWORD,
        strip=False,
        help_text=PASSWORD_HINT,
        error_messages={"required": "Choose a password."},
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    password2 = forms.CharField(
        label="Password, once more",
        max_length=LONGEST_PASSWORD,
        strip=False,
        error_messages={"required": "Type the password a second time, so that a slip of the finger shows."},
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, invitation: Invitation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.invitation = invitation

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, second = cleaned.get("password1"), cleaned.get("password2")
        if first and second and first != second:
            self.add_error("password2", "The two passwords differ.")
        elif first:
            self._judge(first, name=cleaned.get("printed_name", ""))
        return cleaned

    def _judge(self, password: str, *, name: str) -> None:
        try:
            validate_password(password, User(email=self.invitation.email, first_name=name))
        except ValidationError as weak:
            self.add_error("password1", weak)


class AskForAccountForm(forms.ModelForm):
    class Meta:
        model = AccountRequest
        fields = ("name", "email", "affiliation", "why")
        labels = {"name": "Your name", "email": "E-mail address", "why": "What you would like to do here"}
        help_texts = {
            "affiliation": "Where you work or study.",
            "why": "For example which questions you would like to write about, and what you know them from.",
        }
        widgets = {
            "name": forms.TextInput(attrs={"autocomplete": "name"}),
            "email": forms.EmailInput(attrs={"autocomplete": "email"}),
            "affiliation": forms.TextInput(attrs={"autocomplete": "organization"}),
            "why": forms.Textarea(attrs={"rows": 5}),
        }

    def validate_constraints(self) -> None:
        """Whether the address has asked before is nobody's business; the verb sees to it."""


class InviteForm(forms.ModelForm):
    class Meta:
        model = Invitation
        fields = ("email", "role")
        help_texts = {"email": "The link goes to this address, and whoever follows it has proved that it is theirs."}
        widgets = {"role": forms.RadioSelect}

    def validate_constraints(self) -> None:
        """The verb says it in better words."""


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label="How you know that it is this person who asks",
        max_length=500,
        help_text="It goes on record: called back under the number we have; came to the office.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
