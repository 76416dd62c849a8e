"""The words and figures that carry the meaning of a medical sentence, found one by one in running text."""

import re
import unicodedata
from collections.abc import Mapping
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from articles.citations import CITATION, KEY, keys_in
from articles.integrity.drugs import is_drug
from articles.integrity.patterns import vocabulary
from articles.integrity.quantities import DOSE_UNIT, NOT_DOSED_PER

KINDS = {
    "number": _("number"),
    "unit": _("unit"),
    "dose": _("dose"),
    "drug": _("drug"),
    "negation": _("negation"),
    "strength": _("strength"),
    "citation": _("citation"),
    "warning": _("danger word"),
}


class Sign(NamedTuple):
    """One of them: `text[start:end]`, by one of the `KINDS`."""

    kind: str
    text: str
    start: int
    end: int


# Every repeat below is possessive or bounded, and every alternative begins with what the one before it cannot: the
# text is read once, however hostile it is.
_FRACTION = "½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞"
_RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉"
_SPACE = "[ \\u00a0\\u202f]"
_DASH = "[-‐‑‒–—−]"
_VALUE = (
    rf"(?:(?<![\w.·])[.·])?(?:(?<!\d)\d{{1,3}}(?:{_SPACE}\d{{3}}(?!\d))++(?:[.,·]\d++)*+|\d++(?:[.,·⁄/]\d++)*+"
    rf"[{_FRACTION}]?+|[{_FRACTION}])(?:[⁻⁺]?[{_RAISED}]++)?+"
)
_OTHER_UNIT = (
    r"(?:%|‰|°\s?[CF]|per\s?cent|kg|pg|[cmk]m|m|l|L|dl|dL|mol|Hz|mmHg|kPa|kcal|kJ|min|hr?s?|sec|days?|nights?|weeks?|"
    r"months?|years?|hours?|minutes?|seconds?|times|fold|Gy|mSv|bpm)"
)
_AMOUNT = (
    rf"(?P<amount>(?:(?:[<>≤≥≈~=±]|&[lg][te];)\s?)?+(?:(?<!\w)[-−–+±])?+{_VALUE}"
    rf"(?:(?:\s{{0,2}}{_DASH}\s{{0,2}}|\s{{1,2}}to\s{{1,2}})[-−+]?{_VALUE}){{0,2}}+"
    rf"(?:\s{{0,2}}-?(?:(?P<dosed>{DOSE_UNIT})|{_OTHER_UNIT})(?!\w)(?:\s?/\s?(?P<per>\w{{1,12}})){{0,2}}|[^\W_]*+))"
)
_SOURCE = rf"(?P<source>{CITATION.pattern}|@{KEY.pattern}|https?://[^\s<>\"\])]++|\b10\.\d{{4,9}}/[^\s<>\"\]]++)"
_CODE = rf"(?P<code>[^\W\d_]++-?(?:\d|[{_RAISED}])[^\W_]*+|[⁻⁺]?[{_RAISED}]++)"
_WORD = r"(?P<word>[^\W\d_]++(?:['’][^\W\d_]++)?)"
_TOKEN = re.compile(f"{_SOURCE}|{_AMOUNT}|{_CODE}|{_WORD}")

_NUMBERS = vocabulary(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred hundreds thousand thousands "
    "million millions billion dozen half halves third thirds quarter quarters once twice thrice double doubled doubles "
    "triple tripled single first second fourth fifth tenth"
)
_UNITS = vocabulary(
    "mg mcg µg ng kg ml dl mmol mol meq iu mmhg kpa percent gram grams gramme grammes milligram milligrams microgram "
    "micrograms kilogram kilograms milligramme milligrammes microgramme microgrammes litre litres liter liters "
    "millilitre millilitres milliliter milliliters hour hours day days night nights week weeks month months year years "
    "minute minutes tablet tablets capsule capsules puff puffs drop drops sachet sachets teaspoon teaspoons pill pills "
    "unit units"
)
_DOSES = vocabulary(
    "daily weekly fortnightly monthly hourly nightly yearly annually dose doses dosage maximum minimum bedtime "
    "overnight oral orally intravenous intravenously intramuscular subcutaneous rectal rectally inhaled topical"
)
_NEGATIONS = vocabulary(
    "not no nor never none nobody nothing nowhere neither without cannot non avoid avoids avoided avoiding stop stops "
    "stopped stopping discontinue discontinued discontinuing refrain unless except instead exclude excludes excluded "
    "excluding lack lacks lacking absence absent unable unsafe unlikely unproven unclear uncertain unknown unnecessary "
    "ineffective insufficient inappropriate inadequate impossible fail fails failed forbidden prohibited dont"
)
_STRENGTHS = vocabulary(
    "may might can could must should shall will would ought need needs needed required recommend recommends "
    "recommended suggest suggests suggested advise advises advised probably possibly likely perhaps maybe certainly "
    "definitely always often sometimes rarely usually seldom generally proven prove proves proved show shows shown "
    "work works cure cures cured guarantee guarantees guaranteed cause causes caused safe safely effective certain "
    "low lower lowers lowered high higher moderate strong stronger weak weaker more most less least fewer few many "
    "several some all every any each both only better worse best worst greater smaller larger increase increases "
    "increased increasing decrease decreases decreased decreasing reduce reduces reduced reducing reduction raise "
    "raises raised improve improves improved improvement worsen worsens worsened relieve relieves relieved ease eases "
    "eased prevent prevents prevented greatly substantially considerably hardly barely nearly harmless significant "
    "significantly very slightly little much up down before after until above below over under than"
)
_WARNINGS = vocabulary(
    "emergency emergencies urgent urgently immediately ambulance hospital danger dangers dangerous risk risks risky "
    "fatal death deaths die dies dying threatening severe severely serious seriously bleeding bleed overdose overdoses "
    "overdosed poison poisoning poisonous toxic toxicity allergy allergies allergic anaphylaxis harm harms harmful "
    "pregnant pregnancy breastfeeding child children infant infants baby babies newborn suicide suicidal unconscious "
    "warning warnings caution stroke seizure seizures interact interacts interaction interactions"
)
_KIND_OF_WORD: Mapping[str, str] = {
    word: kind
    for kind, words in (
        ("warning", _WARNINGS),
        ("strength", _STRENGTHS),
        ("dose", _DOSES),
        ("unit", _UNITS),
        ("number", _NUMBERS),
        ("negation", _NEGATIONS),
    )
    for word in words
}
_NEGATED = re.compile(r"\w+n['’]t|contraindicat\w+|contra")
_SPACES = re.compile(r"\s+")
_TO = re.compile(rf"\s+to\s+|{_DASH}")
_HYPHEN_BEFORE_UNIT = re.compile(r"-(?=[^\W\d])")


def signs(text: str) -> tuple[Sign, ...]:
    """Everything in `text` that carries meaning, in order and without overlap; every digit lies in one of them."""
    return tuple(
        Sign(kind, found.group(), *found.span()) for found in _TOKEN.finditer(text) if (kind := _kind_of(found))
    )


def says(sign: Sign) -> str:
    """What a sign says, however it is spaced, hyphenated or capitalised: equal for two that mean the same."""
    if sign.kind == "citation":
        return ";".join(sorted(keys_in(sign.text))) or sign.text.rstrip(".,;)")
    if sign.text[0].isalpha() and not any(map(str.isdigit, sign.text)):
        return unicodedata.normalize("NFC", sign.text).casefold().replace("’", "'")
    plain = _SPACES.sub("", _TO.sub("-", sign.text)).replace("μ", "µ")
    return plain[:1] + _HYPHEN_BEFORE_UNIT.sub("", plain[1:])


def _kind_of(found: re.Match[str]) -> str:
    """Empty for a word that is no sign."""
    match found.lastgroup:
        case "source":
            return "citation"
        case "code":
            return "number"
        case "word":
            return _kind_of_word(found.group())
    is_dose = found["dosed"] and (found["per"] or "").lower() not in NOT_DOSED_PER
    return "dose" if is_dose else "number"


def _kind_of_word(word: str) -> str:
    lower = word.casefold()
    if kind := _KIND_OF_WORD.get(lower):
        return kind
    if _NEGATED.fullmatch(lower):
        return "negation"
    return "drug" if is_drug(word) else ""
