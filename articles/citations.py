"""Citations in article text: keys as authors write them, numbers as readers see them."""

import re
from collections.abc import Iterator
from itertools import chain
from typing import NamedTuple

# Ends in a letter, digit or underscore, so that a full stop after a key is never part of it.
KEY = re.compile(r"[^\W_](?:[\w:./-]{0,78}\w)?")

CITATION = re.compile(rf"\[@{KEY.pattern}(?:\s*;\s*@{KEY.pattern})*\s*\]")
_KEY_IN_CITATION = re.compile(rf"@({KEY.pattern})")


class CitationMark(NamedTuple):
    """One bracket with the keys it cites: `text[start:end]`."""

    keys: tuple[str, ...]
    start: int
    end: int


class LooseMark(NamedTuple):
    """One place where an imported text cites by number: `text[start:end]`."""

    numbers: tuple[int, ...]
    start: int
    end: int


def citation_marks(markdown: str) -> list[CitationMark]:
    """Every citation in the running text, in order; code and escaped brackets are not citations."""
    return [
        CitationMark(keys_in(match.group()), match.start(), match.end())
        for match in CITATION.finditer(without_escapes(prose(markdown)))
    ]


def keys_in(citation: str) -> tuple[str, ...]:
    return tuple(_KEY_IN_CITATION.findall(citation))


def cited_keys(markdown: str) -> list[str]:
    """Each cited key once, in order of first mention."""
    return list(dict.fromkeys(chain.from_iterable(mark.keys for mark in citation_marks(markdown))))


def numbering(*texts: str) -> dict[str, int]:
    """Numbers by first mention, reading the texts in the order given: short answer, body, plain-language body."""
    keys = dict.fromkeys(chain.from_iterable(cited_keys(text) for text in texts))
    return {key: number for number, key in enumerate(keys, start=1)}


def rekeyed(markdown: str, *, old: str, new: str) -> str:
    """The text with every citation of `old` as one of `new`; a bracket that cites both cites it once."""
    pieces, position = [], 0
    for mark in citation_marks(markdown):
        if old in mark.keys:
            keys = dict.fromkeys(new if key == old else key for key in mark.keys)
            pieces += [markdown[position : mark.start], "[" + "; ".join(f"@{key}" for key in keys) + "]"]
            position = mark.end
    return "".join([*pieces, markdown[position:]])


# Which characters are running text

_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_FENCE = re.compile(
    r"(?P<container>[ \t>]*(?:(?P<item>[-*+]|\d{1,9}[.)])[ \t][ \t>]*){0,20})(?P<fence>`{3,}(?![^\n]*`)|~{3,})"
)
_NEW_BLOCK = re.compile(r"[ \t>]*(?:$|[-*+][ \t]|\d{1,9}[.)][ \t]|#{1,6}[ \t]|\||(?:[-*_][ \t]*){3,}$)")
_BACKTICKS = re.compile(r"`+")
_ESCAPE = re.compile(r"\\[!-/:-@\[-`{-~]")
_NOT_NEWLINE = re.compile(r"[^\n]")


def prose(markdown: str) -> str:
    """The text with all code blanked out, character for character, so that positions stay true."""
    return "".join(_blank(block) if code else _without_code_spans(block) for code, block in _blocks(markdown))


def without_escapes(text: str) -> str:
    return _ESCAPE.sub("  ", text)


def _blank(text: str) -> str:
    return _NOT_NEWLINE.sub(" ", text)


def _blocks(markdown: str) -> Iterator[tuple[bool, str]]:
    """Pieces that a code span cannot cross, each told whether it is a fenced code block."""
    fence: re.Match | None = None
    block: list[str] = []
    for line in _LINE.findall(markdown):
        if fence and not _leaves(fence, line):
            yield True, line
            fence = None if _closes(fence, line) else fence
            continue
        fence = _FENCE.match(line)
        if fence or _NEW_BLOCK.match(line):
            yield False, "".join(block)
            block = []
        if fence:
            yield True, line
        else:
            block.append(line)
    yield False, "".join(block)


def _leaves(fence: re.Match, line: str) -> bool:
    """Whether the quotation or list item that held the fence ended before this line."""
    prefix = _prefix(line)
    if prefix.count(">") < fence["container"].count(">"):
        return True
    return bool(fence["item"] and line.strip() and len(prefix) < len(fence["container"]))


def _prefix(line: str) -> str:
    return line[: len(line) - len(line.lstrip(" \t>"))]


def _closes(fence: re.Match, line: str) -> bool:
    rest = line[len(_prefix(line)) :].rstrip()
    return len(rest) >= len(fence["fence"]) and not rest.strip(fence["fence"][0])


def _without_code_spans(block: str) -> str:
    runs = [(match.start(), match.end()) for match in _BACKTICKS.finditer(block)]
    if not runs:
        return block
    pieces, position = [], 0
    for start, end in _code_spans(block, runs):
        pieces += [block[position:start], _blank(block[start:end])]
        position = end
    return "".join([*pieces, block[position:]])


def _code_spans(block: str, runs: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Spans between two runs of equally many backticks, found in one pass however many runs stay open."""
    waiting: dict[int, list[int]] = {}
    for index in range(len(runs) - 1, -1, -1):
        waiting.setdefault(runs[index][1] - runs[index][0], []).append(index)
    index = 0
    while index < len(runs):
        start = runs[index][0] + _is_escaped(block, runs[index][0])
        closers = waiting.get(runs[index][1] - start, [])
        while closers and closers[-1] <= index:
            closers.pop()
        if closers:
            index = closers[-1]
            yield start, runs[index][1]
        index += 1


def _is_escaped(text: str, position: int) -> bool:
    before = text[max(0, position - 100) : position]
    return (len(before) - len(before.rstrip("\\"))) % 2 == 1


# Loose numbers in imported text

_DASH = r"(?:[-‐‑‒–—]|&#(?:8211|8212|x2013|x2014);|&[nm]dash;)"
_NUMBER = r"[1-9]\d{0,2}(?!\d)"
_ITEM = rf"{_NUMBER}(?:\s?{_DASH}\s?{_NUMBER})?"
_LIST = rf"{_ITEM}(?:\s?[,;]\s?{_ITEM}){{0,40}}"
_OPEN = r"(?:\\?\[|&#91;|&#x5b;|&lsqb;|&lbrack;)"
_CLOSE = r"(?:\\?\]|&#93;|&#x5d;|&rsqb;|&rbrack;)"
_BRACKET = rf"{_OPEN}\s?{_LIST}\s?{_CLOSE}"
_SUPERSCRIPT_DIGITS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻˒", "0123456789-,")
_SUPERSCRIPT = "[¹²³⁴⁵⁶⁷⁸⁹][⁰¹²³⁴⁵⁶⁷⁸⁹]{0,2}"

_BRACKETED = re.compile(
    rf"(?P<list>{_BRACKET}(?:(?:\s?[,;]\s?|{_DASH}|\s?[‒–—]\s?)?{_BRACKET}){{0,40}})(?:\([^()\s]{{1,300}}\))?",
    re.IGNORECASE,
)
_TAGGED = re.compile(
    rf"<sup\b[^<>]{{0,200}}>\s?(?:<a\b[^<>]{{0,300}}>)?\s?{_OPEN}?(?P<list>{_LIST}){_CLOSE}?\s?(?:</a>)?\s?</sup>",
    re.IGNORECASE,
)
_RAISED = re.compile(rf"{_SUPERSCRIPT}(?:\s?[,˒⁻–-]\s?{_SUPERSCRIPT}){{0,40}}(?![⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻])")
_TRAILING_LIST = rf"(?P<list>{_ITEM}(?:[ ]?[,;][ ]?{_ITEM}){{0,40}})(?=[.!?]?(?:\s|$))"
_TRAILING = re.compile(
    rf"(?:(?<![^\W\d_])(?P<word>[^\W\d_]{{2,40}}))?(?P<between>[)\]\"”’%.!?]?[ \t]{{1,2}}){_TRAILING_LIST}"
)
_GLUED = re.compile(rf"(?<![^\W\d_])(?P<word>[^\W\d_]{{3,40}})(?P<between>[)\]\"”’]?[.,]){_TRAILING_LIST}")

# A number after one of these names a thing or belongs to the sentence; it does not cite.
_LABELS = frozenset(
    re.findall(
        r"\w+",
        """
        a an the this that each every any some only just these those all no nor not next last first second of to from by
        than about over under above below at in within on and or plus minus between is are was were be been has have had
        equals equal approximately around roughly nearly almost least most until till up down near per for with without
        as into after before since versus vs times both either through reached scored approx ca eg ie cf al
        grade stage type phase step table figure fig chapter level class category cat part section sect item number nos
        nr num question answer option case patient group cohort arm trial study protocol appendix box panel page pp
        volume vol issue version ver edition ed equation eq domain criterion goal target tier line cycle dose visit wave
        round quarter trimester unit score index scale factor rank row column chromosome exon day week month year age
        aged hour minute reference ref citation note footnote supplement annex schedule article room ward
        january february march april may june july august september october november december jan feb mar apr jun jul
        aug sep sept oct nov dec
        hpv bmi cin phq gad covid il cd sf icd dsm gcs nyha asa ecog mrs vas nrs inr omega vitamin interleukin
        """,
    )
)
# Followed by several numbers these are labels too ("on days 1, 7"), by one they are not ("for two years 1").
_PLURAL_LABELS = frozenset(
    re.findall(
        r"\w+",
        """
        grades stages types phases steps tables figures figs chapters levels classes categories parts sections items
        numbers questions answers options cases patients groups cohorts arms trials studies panels pages volumes
        versions domains criteria tiers lines cycles doses visits waves rounds units scores factors rows columns
        chromosomes exons days weeks months years ages hours minutes references refs notes footnotes articles
        """,
    )
)
_UNITS = frozenset(
    ("mm", "cm", "dm", "km", "nm", "µm", "μm", "kg", "ft", "in", "yd", "sec", "min", "log", "chi", "eta", "tau", "mol")
)
_LONGEST_RANGE = 100


def expand_ranges(text: str) -> tuple[int, ...]:
    """The numbers that `1, 3-5` or `[1]–[3]` stands for, each once; () if it is not a list of citations.

    A range whose end is shorter is read as printed in reference styles: `121-5` is 121 to 125.
    One that covers more than a hundred numbers is a measurement.
    """
    numbers: dict[int, None] = {}
    for item in re.split("[,;]", _plain_list(text)):
        if not re.fullmatch(r"[1-9]\d{0,2}(?:-[1-9]\d{0,2})?", item):
            return ()
        covered = _covered(*item.split("-"))
        if not covered:
            return ()
        numbers |= dict.fromkeys(covered)
    return tuple(numbers)


def _plain_list(text: str) -> str:
    """`[1]–[3]`, `¹⁻³` and `&#91;1&ndash;3&#93;` all written as `1-3`."""
    plain = re.sub(_DASH, "-", text.translate(_SUPERSCRIPT_DIGITS), flags=re.IGNORECASE)
    plain = re.sub(rf"{_CLOSE}\s*([-,;]?)\s*{_OPEN}", lambda join: join[1] or ",", plain, flags=re.IGNORECASE)
    return re.sub(rf"{_OPEN}|{_CLOSE}|\s", "", plain, flags=re.IGNORECASE)


def _covered(first: str, last: str = "") -> range | tuple[int, ...]:
    start, end = int(first), int(last or first)
    if len(last) < len(first) and last:
        end = int(first[: -len(last)] + last)
    if end < start:
        return (start, end)
    return range(start, end + 1) if end - start <= _LONGEST_RANGE else range(0)


def loose_marks(text: str) -> list[LooseMark]:
    """Every place where the text cites by number, in order: brackets, superscripts, and numbers that trail a sentence.

    Years, doses, units, intervals, "grade 2" and the labels of list entries are left alone.
    """
    running = prose(text)
    sure = _apart(chain(_tagged(running), _bracketed(running), _raised(running)))
    trailing = _apart(chain(sure, _trailing(running)))
    return _plausible(trailing, sure={mark.start for mark in sure})


def _apart(marks: Iterator[LooseMark]) -> list[LooseMark]:
    """Without marks that lie inside another; the earlier kind of mark has the word."""
    kept: list[LooseMark] = []
    taken: set[int] = set()
    for mark in marks:
        if mark.numbers and taken.isdisjoint(range(mark.start, mark.end)):
            kept.append(mark)
            taken.update(range(mark.start, mark.end))
    return sorted(kept, key=lambda mark: mark.start)


def _tagged(text: str) -> Iterator[LooseMark]:
    for match in _TAGGED.finditer(text):
        if not _is_exponent(text, match.start(), match.end(), expand_ranges(match["list"])):
            yield LooseMark(expand_ranges(match["list"]), match.start(), match.end())


def _raised(text: str) -> Iterator[LooseMark]:
    for match in _RAISED.finditer(text):
        numbers = expand_ranges(match.group())
        if not _is_exponent(text, match.start(), match.end(), numbers):
            yield LooseMark(numbers, match.start(), match.end())


def _is_exponent(text: str, start: int, end: int, numbers: tuple[int, ...]) -> bool:
    """m², 10⁹, I², ¹⁸F: the number belongs to a unit, a power, a statistic or an isotope."""
    if text[end : end + 1].isalnum() or text[max(0, start - 1) : start] in ("⁻", "⁺", "^"):
        return True
    if len(numbers) > 1:
        return False
    word = re.split(r"[\W_]+", text[max(0, start - 40) : start])[-1]
    if word.isdigit():
        return not _is_year(word)
    return len(word) == 1 or word.lower() in _UNITS


def _is_year(digits: str) -> bool:
    return len(digits) == 4 and digits[:2] in {"18", "19", "20"}


def _bracketed(text: str) -> Iterator[LooseMark]:
    for match in _BRACKETED.finditer(text):
        numbers = expand_ranges(match["list"])
        if not _is_list_label(text, match) and not _is_interval(text, match.start(), numbers):
            yield LooseMark(numbers, match.start(), match.end())


def _is_list_label(text: str, match: re.Match) -> bool:
    """`[1] Author, title` after a blank line or another such label, or `[1]: address`."""
    line = re.search(r"(?:\A|\n)[ \t>*+-]*$", text[max(0, match.start() - 20) : match.start()])
    if not line or (match.start() > 20 and "\n" not in line.group()):
        return False
    if not match["list"].strip("[]\\").isdigit() or not re.match(r":|[ \t]+\S", text[match.end() : match.end() + 9]):
        return False
    return text[match.end()] == ":" or _follows_a_label(text, match.start() - len(line.group().lstrip("\n")))


def _follows_a_label(text: str, line_start: int) -> bool:
    previous = text[max(0, line_start - 2000) : max(0, line_start - 1)].rpartition("\n")[2].strip(" \t>*+-")
    return not previous or bool(_BRACKETED.match(previous))


def _is_interval(text: str, start: int, numbers: tuple[int, ...]) -> bool:
    """`12 [8-15]`: a value with its range, not a citation of eight sources."""
    value = re.search(r"(\d+)\s?%?\s?$", text[max(0, start - 20) : start])
    return len(numbers) > 1 and value is not None and not _is_year(value[1])


def _trailing(text: str) -> Iterator[LooseMark]:
    for match in chain(_TRAILING.finditer(text), _GLUED.finditer(text)):
        if _cites(text, match):
            yield LooseMark(expand_ranges(match["list"]), match.start("list"), match.end("list"))


def _cites(text: str, match: re.Match) -> bool:
    between = match["between"]
    if not match["word"] and not between.strip(" \t.!?"):
        return False
    if match["word"] and not between.strip(" \t.,") and _is_label(text, match):
        return False
    if between.endswith(","):
        return True
    # "Take it daily. 2 tablets": a number on its own after a full stop and a space must end its line.
    starts_sentence = between.strip()[-1:] in (".", "!", "?") and between[-1].isspace() and match["list"].isdigit()
    return _ends_sentence(text, match, must_end_line=starts_sentence)


def _is_label(text: str, match: re.Match) -> bool:
    word = match["word"].lower()
    if word in _PLURAL_LABELS:
        counted = re.search(r"\d\s?$", text[max(0, match.start() - 2) : match.start()])
        return not match["list"].isdigit() and not counted
    return word in _LABELS


def _ends_sentence(text: str, match: re.Match, *, must_end_line: bool) -> bool:
    """Whether nothing of the same sentence follows."""
    rest = text[match.end("list") : match.end("list") + 200]
    following = rest.lstrip(".!?").lstrip()
    between = rest[: len(rest) - len(following)]
    if not following or between.count("\n") > 1:
        return True
    if "\n" in between:
        return not following[0].islower()
    stopped = between.strip() or match["between"].strip().endswith((".", "!", "?"))
    return bool(stopped) and not must_end_line and following[0].isupper()


def _plausible(marks: list[LooseMark], *, sure: set[int]) -> list[LooseMark]:
    """Without single trailing numbers far above the others cited: sources are numbered from 1, measurements are not."""
    ranks = {number: rank for rank, number in enumerate(sorted({n for mark in marks for n in mark.numbers}), start=1)}
    return [
        mark
        for mark in marks
        if mark.start in sure or len(mark.numbers) > 1 or mark.numbers[0] <= 3 * ranks[mark.numbers[0]] + 5
    ]
