"""Languages as people name them, kept as codes (ISO 639-1)."""

import re
from collections.abc import Iterable

from django.conf.locale import LANG_INFO
from django.core.exceptions import ValidationError

MOST = 12
NAMES: dict[str, str] = {
    code: info["name"] for code, info in sorted(LANG_INFO.items()) if re.fullmatch("[a-z]{2}", code) and "name" in info
} | {"no": "Norwegian", "zh": "Chinese"}
_CODES = (
    {info["name_local"].casefold(): code for code, info in LANG_INFO.items() if code in NAMES and "name_local" in info}
    | {name.casefold(): code for code, name in NAMES.items()}
    | {code: code for code in NAMES}
)


def codes_of(written: str) -> list[str]:
    """“English, Deutsch” → ["en", "de"]; each language once, in the order given.

    Raises:
        ValidationError: a name is not known here.
    """
    names = [name.strip() for name in re.split(r"[,;\n]", written) if name.strip()]
    unknown = [name for name in names if name.casefold() not in _CODES]
    if unknown:
        raise ValidationError(
            f"“{unknown[0][:40]}” is not known here as a language. Write its English name, or its own."
        )
    if len(names) > MOST:
        raise ValidationError(f"Name {MOST} languages at most.")
    return list(dict.fromkeys(_CODES[name.casefold()] for name in names))


def names_of(codes: Iterable[str]) -> str:
    return ", ".join(NAMES.get(code, code) for code in codes)
