"""Words that were sent after their session had ended: sealed into the page, and given back to their writer."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.core import signing

from editorial.models import User

PERSON = "person"
FIELD = "carried"
MEANT_FOR = "carried_to"
SALT = "editorial.carried"
LONGEST = 900_000  # characters: the longest text that can be saved, and some
LONGEST_SEALED = 2_500_000  # characters: what the form that signs in can take along, with some room
VALID = 24 * 60 * 60
REMEMBERED = 60 * 24 * 60 * 60
NEVER = {"csrfmiddlewaretoken", "code", FIELD, MEANT_FOR}
SECRET = ("password", "passphrase", "secret", "credential")  # in the name of a field, whatever stands around it


@dataclass(frozen=True)
class Carried:
    """One form that was sent: by whom, to where, with what."""

    writer: int
    path: str
    fields: list[tuple[str, str]]

    @property
    def words(self) -> list[tuple[str, str]]:
        """What a person wrote of it, to look at and to copy: names of buttons and numbers of rows are not."""
        return [(name, words) for name, words in self.fields if " " in words.strip() or "\n" in words]

    @property
    def sealed(self) -> str:
        """Empty where it is too long to be taken along."""
        if sum(len(name) + len(words) for name, words in self.fields) > LONGEST:
            return ""
        sealed = signing.dumps([self.writer, self.path, self.fields], salt=SALT, compress=True)
        return sealed if len(sealed) <= LONGEST_SEALED else ""


def held(fields: Iterable[tuple[str, str]], *, path: str, writer: int) -> Carried:
    """What was sent, without secrets; with one slash before its path, for with two it would lead to another site."""
    kept = [(name, words) for name, words in fields if name not in NEVER and not _is_secret(name)]
    return Carried(writer, f"/{path.lstrip('/')}", kept)


def opened(sealed: str, *, to: User) -> Carried | None:
    """What is in it, for its writer alone; None for anybody else, and for what is forged or older than a day."""
    try:
        writer, path, fields = signing.loads(sealed, salt=SALT, max_age=VALID)
    except signing.BadSignature:
        return None
    return Carried(writer, path, [(name, words) for name, words in fields]) if writer == to.pk else None


def _is_secret(name: str) -> bool:
    return any(word in name.casefold() for word in SECRET)
