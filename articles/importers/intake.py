"""The counter where the records of one file are taken in: each is kept under a key of its own, or reported."""

from dataclasses import replace
from typing import Any

from .records import VALID_KEY, ImportProblem, ImportResult, ReferenceRecord, UnreadableFile, stable_key
from .tidying import clean, code, only_an_address, tidy

MAX_RECORDS = 2_000

LIMITS = {
    "title": 1000,
    "container_title": 500,
    "publisher": 300,
    "issuing_body": 300,
    "volume": 40,
    "issue": 40,
    "pages": 60,
    "doi": 300,
    "pmid": 20,
    "pmcid": 20,
    "isbn": 20,
    "url": 1000,
    "no_id_reason": 300,
}
"""How many characters of each field can be stored."""

_ENOUGH = ("title", "doi", "pmid", "pmcid", "isbn", "url")


class Intake:
    """Takes the records of one file, in order; `result` gives them their keys.

    Raises:
        UnreadableFile: the file holds more records than an article could cite.
    """

    def __init__(self) -> None:
        self._records: list[tuple[ReferenceRecord, int | None]] = []
        self._problems: list[ImportProblem] = []
        self._lost = 0

    def keep(self, record: ReferenceRecord, *, line: int | None, unspecified: bool = False) -> int | None:
        """Take `record` in and return its place in the result; None where it was reported as lost instead.

        `unspecified`: the file does not say what it is, so that one with only a web address is a website.
        """
        record = self._without_what_cannot_be_stored(tidy(record), line=line)
        if unspecified and not record.type and only_an_address(record):
            record = replace(record, type="website")
        if not any(getattr(record, name) for name in _ENOUGH):
            self.lose("It has no title, no identifier and no web address. Add one of them in the file.", line=line)
            return None
        if not record.title:
            self.note("It has no title. It was imported by its identifier: add the title.", line=line, record=record)
        self._records.append((record, line))
        self._refuse_a_library()
        return len(self._records) - 1

    def note(self, reason: str, *, line: int | None, record: ReferenceRecord | str = "") -> None:
        """Report something to look at in a record that is imported all the same."""
        self._problems.append(ImportProblem(line, label(record), reason))

    def lose(self, reason: str, *, line: int | None, record: ReferenceRecord | str = "") -> None:
        """Report a record that cannot be imported."""
        self._problems.append(ImportProblem(line, label(record), reason, lost=True))
        self._lost += 1
        self._refuse_a_library()

    def result(self) -> ImportResult:
        records = self._with_keys()
        if not records and not self._problems:
            self.note("No reference was found in the file. Check that it is the file you meant.", line=None)
        return ImportResult(records, tuple(sorted(self._problems, key=lambda problem: problem.line or 0)))

    def _with_keys(self) -> tuple[ReferenceRecord, ...]:
        """Keys the file gives come first, so that no made-up key takes one of them."""
        taken: set[str] = set()
        records = [record for record, _ in self._records]
        given = {n for n, record in enumerate(records) if VALID_KEY.fullmatch(record.key)}
        for n in sorted(range(len(records)), key=lambda n: n not in given):
            key = stable_key(records[n], taken)
            taken.add(key)
            self._report_another_key(*self._records[n], key=key, valid=n in given)
            records[n] = replace(records[n], key=key)
        return tuple(records)

    def _report_another_key(self, record: ReferenceRecord, line: int | None, *, key: str, valid: bool) -> None:
        if record.key and record.key != key:
            why = "is used by another record of the file" if valid else "cannot be cited"
            self.note(f"The key “{label(record.key)}” {why}; this record is cited as [@{key}].", line=line, record=key)

    def _without_what_cannot_be_stored(self, record: ReferenceRecord, *, line: int | None) -> ReferenceRecord:
        for name, limit in LIMITS.items():
            if len(getattr(record, name)) > limit:
                said = f"Its {name.replace('_', ' ')} is longer than {limit} characters and was left out. Shorten it."
                self.note(said, line=line, record=record)
                emptied: dict[str, Any] = {name: ""}
                record = replace(record, **emptied)
        if record.url and not record.url.lower().startswith(("http://", "https://")):
            said = f"“{label(record.url)}” is not a web address (https://…) and was left out. Add the right one."
            self.note(said, line=line, record=record)
            record = replace(record, url="")
        return record

    def _refuse_a_library(self) -> None:
        if len(self._records) + self._lost > MAX_RECORDS:
            raise UnreadableFile(
                f"The file holds more than {MAX_RECORDS:,} records, and an article never needs so many. "
                "Export only the references this article cites, and import that file."
            )


def label(record: ReferenceRecord | str) -> str:
    """How a problem names its record: by its title or key, shortened."""
    name = code(record) if isinstance(record, str) else (record.title or record.key)
    name = clean(name[:200])
    return name if len(name) <= 80 else f"{name[:79]}…"
