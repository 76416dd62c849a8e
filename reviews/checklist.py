"""The twelve questions that stand behind an approval, and a reviewer's answers to them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from editorial import clock
from editorial.audit import record
from editorial.errors import WorkflowError
from editorial.models import User
from reviews import notes, reading
from reviews.kinds import Answer
from reviews.models import ChecklistAnswer, ReviewAssignment


@dataclass(frozen=True)
class Item:
    """One question; `may_not_apply` where a text can be of a kind that it says nothing about."""

    name: str
    title: str
    question: str
    may_not_apply: bool = False

    @property
    def answers(self) -> tuple[Answer, ...]:
        return (Answer.YES, Answer.NO, Answer.NA) if self.may_not_apply else (Answer.YES, Answer.NO)


ITEMS = (
    Item("fit", "Fit", "I know this subject well enough to judge it, and my interests are declared."),
    Item("answer", "Answer", "The short answer says what the body says, and nothing more."),
    Item("claims", "Claims", "I opened the sources of every claim I was asked to judge, and my verdicts rest on them."),
    Item("sources", "Sources", "The sources exist, are current, are not retracted, and are what their labels say."),
    Item("numbers", "Numbers", "Doses, units, directions, intervals and populations are right.", True),
    Item("strength", "Strength", "“Works”, “may help” and “unknown” fit how certain the evidence is.", True),
    Item("bodies", "Named bodies", "Each recommendation goes to the body, country and year that made it.", True),
    Item(
        "absences", "Absences", "Where the text says that nothing was found, it says where and when was searched.", True
    ),
    Item("harm", "Harm", "Nobody who follows this to the letter comes to harm, and the warning signs are there."),
    Item("balance", "Balance", "Benefits, harms, alternatives and doing nothing get their due; nothing sells.", True),
    Item("readable", "Readable", "The people it is written for can read it."),
    Item("honest", "Honest page", "Authors, AI involvement, dates and interests are true of this version."),
)
BY_NAME = {item.name: item for item in ITEMS}


@dataclass(frozen=True)
class Said:
    """An answer as it is sent in."""

    answer: str
    note: str = ""


@transaction.atomic
def answer(assignment: ReviewAssignment, said: Mapping[str, Said], *, by: User, digest: str) -> list[ChecklistAnswer]:
    """Keep the answers to one or several items; answering again changes them. Returns those that changed.

    Raises:
        PermissionDenied: `by` does not hold this assignment.
        Conflict: it has ended, or the text has moved on since it was served.
        WorkflowError: an item or answer that there is not, or a “no” without a note.
    """
    article, assignment = reading.lock(assignment, by=by, digest=digest)
    wanted = {name: _checked(name, one) for name, one in said.items()}
    kept = {row.item: row for row in assignment.checklist_answers.all()}
    changed = [name for name, one in wanted.items() if _differs(kept.get(name), one)]
    rows = [
        ChecklistAnswer(
            assignment=assignment,
            item=name,
            answer=wanted[name].answer,
            note=wanted[name].note,
            answered_at=clock.now(),
        )
        for name in changed
    ]
    ChecklistAnswer.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["assignment", "item"],
        update_fields=["answer", "note", "answered_at"],
    )
    if rows:
        record(
            "checklist.answered",
            by=by,
            about=article.about,
            assignment=assignment.pk,
            answers={name: wanted[name].answer for name in changed},
        )
    return rows


def answers_of(assignment: ReviewAssignment) -> dict[str, ChecklistAnswer]:
    return {row.item: row for row in assignment.checklist_answers.all()}


def frozen(answers: Iterable[ChecklistAnswer]) -> list[dict[str, Any]]:
    """The answers in the order of the list, with the questions as they are worded now."""
    given = {row.item: row for row in answers}
    return [
        {
            "item": item.name,
            "title": item.title,
            "question": item.question,
            "answer": given[item.name].answer,
            "note": given[item.name].note,
        }
        for item in ITEMS
        if item.name in given
    ]


def _checked(name: str, said: Said) -> Said:
    item = BY_NAME.get(name)
    if item is None:
        raise WorkflowError(f"The checklist has no item “{name[:40]}”. Reload the page and try again.")
    if said.answer not in item.answers:
        choices = ", ".join(f"“{choice.label}”" for choice in item.answers)
        raise WorkflowError(f"“{item.title}” can be answered with {choices}. Choose one of them.")
    note = notes.note(said.note)
    if said.answer == Answer.NO and not note:
        raise WorkflowError(f"“{item.title}”: say in the note what is missing, so that the authors can mend it.")
    return Said(said.answer, note)


def _differs(row: ChecklistAnswer | None, said: Said) -> bool:
    return row is None or (row.answer, row.note) != (said.answer, said.note)
