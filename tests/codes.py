"""The code that an authenticator app would show now."""

import time

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.mfa.utils import decrypt

PERIOD = 30


def code_of(app: Authenticator | str) -> str:
    """From a stored app, or from the key that was shown."""
    secret = app if isinstance(app, str) else decrypt(app.data["secret"])
    return format_hotp_value(hotp_value(secret, int(time.time()) // PERIOD))
