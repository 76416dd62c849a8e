"""Recognise statistics, effects and doses in running text."""

import re

from articles.integrity.patterns import phrases

NUMBER = r"\d{1,7}(?:[.,·]\d{1,4})?"
_PERCENT = rf"(?<![\w.]){NUMBER}\s{{0,2}}(?:%|per\s?cent\b|percent\b)"
_LEVEL = r"\s{0,2}%\s{0,2}(?:CI|CrI|conf|cred)"  # of an interval: "OR (95 % CI" has not told the effect yet
_SIGNED = rf"\s{{0,2}}(?:\(|,|was|were|is|of|[=:≈~])?\s{{0,2}}[-−–+]?\s?{NUMBER}(?!\d|{_LEVEL})"

# Upper case only: "OR 1.4" is an odds ratio, "or 14" is not.
_MEASURE = rf"\b(?:a?(?:OR|RR|HR)|SMD|WMD|MD|RD|ARR|RRR|NNT|NNH|IRR|NNTB|NNTH)\b{_SIGNED}"
_NAMED_MEASURE = (
    r"(?i:\b(?:(?:standardi[sz]ed\s|weighted\s)?mean\sdifference|(?:odds|risk|rate|hazard)\sratio|relative\srisk|"
    rf"effect\ssize|number\sneeded\sto\s(?:treat|harm)|Cohen['’]?s?\sd|Hedges['’]?\sg)(?:\s\([^()]{{1,20}}\))?){_SIGNED}"
)
EFFECT = re.compile(f"{_MEASURE}|{_NAMED_MEASURE}")

# A percentage is an effect where the sentence is about a change; "95 % CI" and "I² = 60 %" describe an effect.
PERCENT = re.compile(
    rf"(?P<of>I(?:²|2)\s?[=:]?\s?)?(?P<number>{_PERCENT})(?P<interval>\s{{0,2}}(?:CI|CrI|confid|cred|predic))?"
)
CHANGE = phrases(
    r"(?:reduc|lower|decreas|increas|improv|reliev|rais|shorten|cut|halv|prevent)(?:e|s|es|ed|ing|tion|tions|ement|ements|d)?",
    r"(?:fewer|more|less|better|worse|higher|smaller|greater|risk|risks|relief|benefit|efficacy|effective|respon\w{1,8})",
)

STATISTIC = re.compile(
    rf"{_PERCENT}|{_MEASURE}|{_NAMED_MEASURE}|(?<!\w)[pP]\s?[<>=≤]\s?0?\.\d|(?<!\w)[nN]\s?=\s?\d|"
    rf"(?i:(?<![\w.])(?:{NUMBER}|one|two|three|four|five|six|seven|eight|nine)\s(?:in|out\sof)\s(?:every\s)?"
    rf"(?:{NUMBER}|five|ten|twenty|hundred|a\shundred|a\sthousand)(?!\w)|(?<![\w.]){NUMBER}[-\s]fold\b|(?<![\w.]){NUMBER}\stimes\s(?:more|less|as)\b)"
)
DOSE_UNIT = (
    r"(?:mg|mcg|µg|μg|ng|g|ml|mL|cl|IU|mmol|mEq|microgram(?:me)?s?|milligram(?:me)?s?|gram(?:me)?s?|millilit(?:re|er)s?|"
    r"(?:international\s)?units?|tablets?|capsules?|puffs?|drops|teaspoons?|sachets?|pills?)"
)
DOSE = re.compile(
    rf"(?<![\w.,]){NUMBER}(?:\s{{0,2}}[-–to]{{1,2}}\s{{0,2}}{NUMBER})?\s{{0,2}}-?"
    rf"(?:{DOSE_UNIT}\b)(?:\s?/\s?(?P<per>\w{{1,8}}))?",
)

# What is measured in blood is not a dose.
NOT_DOSED_PER = frozenset({"dl", "l", "ml"})


def is_dose(match: re.Match[str]) -> bool:
    return (match["per"] or "").lower() not in NOT_DOSED_PER
