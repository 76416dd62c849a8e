"""Articles from Markdown with YAML front matter."""

import re
from dataclasses import dataclass, field
from typing import Any

import yaml

from .records import ImportProblem, ReferenceRecord, UnreadableFile

PLAIN_LANGUAGE = "<!-- plain language -->"
MAX_FRONT_MATTER = 20_000
MAX_DEPTH = 6
NO_TITLE = "The article has no title. Add “title: …” to the front matter."

TEXT_FIELDS = ("title", "short_answer", "topic", "audience", "ai_involvement", "ai_tool", "ai_version")
META_FIELDS = ("ai_accountable", "risk", "co_authors", "interests", "funding")

_FENCE = re.compile(r"---[ \t]*$")
_CLOSING = re.compile(r"(?:---|\.\.\.)[ \t]*$")
_HEADING = re.compile(r"\s*# +(.+?)(?: +#+)?[ \t]*(?:\n|$)")


@dataclass(frozen=True)
class MarkdownArticle:
    """An article as a file gives it; what the file does not say is empty, never assumed."""

    title: str = ""
    short_answer: str = ""
    body: str = ""
    plain_body: str = ""
    topic: str = ""
    audience: str = ""
    ai_involvement: str = ""
    ai_tool: str = ""
    ai_version: str = ""
    meta: dict[str, Any] = field(default_factory=dict)
    problems: tuple[ImportProblem, ...] = ()
    references: tuple[ReferenceRecord, ...] = ()


class _PlainLoader(yaml.SafeLoader):
    """Every value stays the text that was written: version 4.10 is not 4.1, and `no` is not False."""

    yaml_implicit_resolvers = {"~": [("tag:yaml.org,2002:null", re.compile("~$"))]}
    depth = 0

    def compose_node(self, parent: Any, index: Any) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise _refused(
                self.peek_event(), "It uses an alias (*name), which is not allowed here. Write the value out."
            )
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise _refused(
                self.peek_event(), "It is nested too deep. Front matter is a plain list of names and values."
            )
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


def _refused(event: Any, reason: str) -> yaml.MarkedYAMLError:
    return yaml.MarkedYAMLError(problem=reason, problem_mark=event.start_mark)


def read(text: str) -> MarkdownArticle:
    """The article in `text`, with what its front matter says that cannot be used reported by line.

    Raises:
        UnreadableFile: front matter of more than `MAX_FRONT_MATTER` characters.
    """
    text = text.lstrip("\ufeff").replace("\r\n", "\n")
    problems: list[ImportProblem] = []
    front, rest = _split(text, problems)
    values = _values(front, problems)
    body, plain_body = _bodies(rest, problems)
    if not values.get("title") and (heading := _HEADING.match(body)):
        values["title"], body = heading[1], body[heading.end() :].strip("\n")
    if not values.get("title"):
        problems.append(ImportProblem(1, "", NO_TITLE))
    return MarkdownArticle(
        **{name: values.get(name, "") for name in TEXT_FIELDS},
        body=body,
        plain_body=plain_body,
        meta={name: values[name] for name in META_FIELDS if name in values},
        problems=tuple(problems),
    )


def _split(text: str, problems: list[ImportProblem]) -> tuple[str, str]:
    """The front matter, its first line left empty so that lines keep their numbers, and the text behind it."""
    lines = text.split("\n")
    if not _FENCE.match(lines[0]):
        return "", text
    end = next((number for number, line in enumerate(lines[1:], start=1) if _CLOSING.match(line)), 0)
    if not end:
        said = "The front matter that begins here has no closing “---”. It was kept as part of the text: close it."
        problems.append(ImportProblem(1, "", said))
        return "", text
    front = "\n".join(["", *lines[1:end]])
    if len(front) > MAX_FRONT_MATTER:
        raise UnreadableFile(
            f"The front matter is longer than {MAX_FRONT_MATTER:,} characters. Move the text below its closing “---”."
        )
    return front, "\n".join(lines[end + 1 :])


def _values(front: str, problems: list[ImportProblem]) -> dict[str, Any]:
    loader = _PlainLoader(front)
    try:
        return _known(loader, _pairs(loader.get_single_node(), problems), problems)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        said = getattr(error, "problem", None) or "It is not valid YAML."
        reason = f"The front matter cannot be read: {said} Repair it and import the file again."
        problems.append(ImportProblem(mark.line + 1 if mark else None, "", reason))
        return {}
    finally:
        loader.dispose()


def _pairs(node: yaml.Node | None, problems: list[ImportProblem]) -> list[tuple[yaml.Node, yaml.Node]]:
    if node is None:
        return []
    if not isinstance(node, yaml.MappingNode):
        said = "The front matter is not a list of “name: value” lines, and was left out. Write one field a line."
        problems.append(ImportProblem(node.start_mark.line + 1, "", said))
        return []
    return node.value


def _known(
    loader: _PlainLoader, pairs: list[tuple[yaml.Node, yaml.Node]], problems: list[ImportProblem]
) -> dict[str, Any]:
    """The fields that an article has, each once; the others are reported."""
    known: dict[str, Any] = {}
    for key, node in pairs:
        name, value = str(key.value)[:80], loader.construct_object(node, deep=True)
        reason = _objection(name, value, known)
        if reason:
            problems.append(ImportProblem(key.start_mark.line + 1, name, reason))
        elif name == "co_authors":
            known[name] = [value] if isinstance(value, str) else value or []
        else:
            known[name] = (value or "").strip()
    return known


def _objection(name: str, value: Any, known: dict[str, Any]) -> str:
    if name not in TEXT_FIELDS + META_FIELDS:
        fields = ", ".join(TEXT_FIELDS + META_FIELDS)
        return f"“{name}” is not a field of an article, and was left out. The fields are {fields}."
    if name in known:
        return f"“{name}” is given twice. The first was used: remove one."
    if name == "co_authors":
        names = value if isinstance(value, list) else [value]
        return "" if all(isinstance(person, str) for person in names) else "“co_authors” must be a list of names."
    return "" if value is None or isinstance(value, str) else f"“{name}” must be one text, and was left out."


def _bodies(rest: str, problems: list[ImportProblem]) -> tuple[str, str]:
    lines = rest.split("\n")
    marks = [number for number, line in enumerate(lines) if line == PLAIN_LANGUAGE]
    if len(marks) > 1:
        said = f"The line {PLAIN_LANGUAGE} is there more than once. The first one was used: remove the others."
        problems.append(ImportProblem(None, "", said))
    cut = marks[0] if marks else len(lines)
    plain = [line for line in lines[cut:] if line != PLAIN_LANGUAGE]
    return "\n".join(lines[:cut]).strip("\n"), "\n".join(plain).strip("\n")
