"""What the integrity checks, the claims and the changes of meaning of one article cost, in time of the processor."""

import time
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from statistics import median
from typing import Any

import benchmarks  # noqa: F401 (starts the desk)
from articles.importers.records import Author, ReferenceRecord
from articles.integrity import Draft, check
from articles.integrity.claims import extract
from articles.integrity.registry import RULES
from articles.significance import meaning_changes
from articles.signs import signs
from benchmarks.measuring import say

SOURCES = 40
KILOBYTES = 10
SENTENCES = (
    "Regular exercise probably reduces pain by 12 % (95 % CI 8 to 16; 21 trials, moderate certainty) [@source{a}]. ",
    "The National Institute for Health and Care Excellence recommends a course of {b} weeks [@source{a}; @source{b}]. ",
    "Most people can take 500 mg of paracetamol up to 4 times daily, and not more than 4 g a day [@source{b}]. ",
    "No trial has compared the two in pregnancy [@source{a}]. Walking, swimming and cycling are alike in this. ",
)


def run() -> None:
    draft = a_draft()
    print(f"\nan article of {len(draft.body) / 1024:.1f} KB with {len(draft.references)} references")
    whole = _processor(lambda: check(fresh(draft)))
    say("every check", whole)
    say("  of that, splitting into sentences and citations", _processor(lambda: fresh(draft).citations), against=whole)
    for name, took in sorted(_each_rule(draft).items(), key=lambda pair: -pair[1])[:4]:
        say(f"  of that, {name}", took, against=whole)
    say("its claims", _processor(lambda: extract(fresh(draft))), against=whole)
    say("its signs", _processor(partial(signs, draft.body)), against=whole)
    say(
        "what an unchanged text changes in meaning",
        _processor(partial(_compared, draft, draft.body)),
        against=whole,
    )
    changed = draft.body.replace("500 mg", "50 mg").replace("not more", "more")
    say("the same, two changes in each paragraph", _processor(partial(_compared, draft, changed)), against=whole)
    print(f"  {len(_compared(draft, changed))} changes of meaning found")


def a_draft() -> Draft:
    paragraphs, size = [], 0
    for number in range(10_000):
        a, b = number % SOURCES + 1, (number * 7 + 3) % SOURCES + 1
        paragraphs.append("".join(SENTENCES).format(a=a, b=b))
        size += len(paragraphs[-1]) + 2
        if size >= KILOBYTES * 1024:
            break
    references = [asdict(_source(n)) for n in range(1, SOURCES + 1)]
    return Draft(title="Does it help?", body="\n\n".join(paragraphs), references=tuple(references), retractions={})


def fresh(draft: Draft) -> Draft:
    """Nothing worked out yet: what a draft remembers is part of what is measured."""
    return Draft(title=draft.title, body=draft.body, references=draft.references, retractions=draft.retractions)


def _source(number: int) -> ReferenceRecord:
    return ReferenceRecord(
        key=f"source{number}",
        type="systematic_review",
        title=f"Exercise therapy for chronic low back pain in population {number}",
        authors=(Author(family="Hayden", given="Jill"), Author(family=f"Author{number}", given="Ann")),
        container_title="Cochrane Database of Systematic Reviews",
        year=2021,
        doi=f"10.1002/14651858.CD{number:06}",
    )


def _each_rule(draft: Draft) -> dict[str, float]:
    """Each rule alone, on a draft that has worked out its sentences already."""
    known = fresh(draft)
    check(known)
    return {name: _processor(lambda rule=rule: list(rule.check(known))) for name, rule in RULES.items()}


def _compared(draft: Draft, body: str) -> tuple[Any, ...]:
    references = [{**source, "type_label": "", "printed": "", "links": []} for source in draft.references]
    return meaning_changes({"body": draft.body, "references": references}, {"body": body, "references": references})


def _processor(act: Callable[[], Any], *, times: int = 9) -> float:
    """Milliseconds of the processor, which a busy machine does not lengthen as it does those of the clock."""
    act()
    return median(_once(act) for _ in range(times))


def _once(act: Callable[[], Any]) -> float:
    began = time.process_time()
    act()
    return (time.process_time() - began) * 1000


if __name__ == "__main__":
    run()
