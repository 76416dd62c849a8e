"""LaTeX in bibliographies, to and from plain characters."""

import re

from bibtexparser.middlewares import LatexDecodingMiddleware

from .records import UnreadableFile
from .tidying import subscript, superscript

MAX_DECODED = 600_000

_NEEDS_DECODING = re.compile(r"[\\{}$~`']|--")
_BARE_SIGN = re.compile(r"(?<!\\)([%&])")
_BARE_DOLLAR = re.compile(r"(?<!\\)\$")
_SHIFTED = re.compile(r"\\text(super|sub)script\s*\{([^{}]*)\}")
_SPELLED_OUT = {r"\textasciicircum{}": "^", r"\^{}": "^", r"\~{}": r"\textasciitilde{}"}
_ESCAPES = {
    "\\": r"\textbackslash{}",
    "{": r"\lbrace{}",
    "}": r"\rbrace{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{sign: f"\\{sign}" for sign in "%&#_$"},
}
_LIGATURE = re.compile(r"--|''|``|,,|<<|>>|[!?]`")


class Decoder(LatexDecodingMiddleware):
    """Accents, dashes and commands as plain characters, for the fields of one file.

    Raises:
        UnreadableFile: more LaTeX than a bibliography holds, which would take minutes.
    """

    def __init__(self) -> None:
        super().__init__(keep_math_mode=False)
        self._left = MAX_DECODED

    def decode(self, text: str) -> str:
        if not _NEEDS_DECODING.search(text):
            return text
        self._left -= len(text)
        if self._left < 0:
            raise UnreadableFile("The file holds too much LaTeX for a bibliography. Export it again as plain Unicode.")
        return self._transform_python_value_string(_as_meant(text))[0]


def _as_meant(text: str) -> str:
    """A bare `%`, `&` or single `$` means itself, where LaTeX would swallow what follows; 10³ never becomes 103."""
    for spelled, plain in _SPELLED_OUT.items():
        text = text.replace(spelled, plain)
    text = _SHIFTED.sub(lambda match: (superscript if match[1] == "super" else subscript)(match[2]), text)
    if len(_BARE_DOLLAR.findall(text)) == 1:
        text = _BARE_DOLLAR.sub(r"\\$", text)
    return _BARE_SIGN.sub(r"\\\1", text)


def encode(text: str) -> str:
    """`text` so that LaTeX prints it and `Decoder` reads it back."""
    escaped = "".join(_ESCAPES.get(character, character) for character in text)
    return _LIGATURE.sub(lambda pair: f"{pair[0][0]}{{}}{pair[0][1]}", escaped)
