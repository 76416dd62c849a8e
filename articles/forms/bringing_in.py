"""A text that comes from outside, with its list of sources: as a file or pasted."""

import hashlib
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from articles.forms.article import ArticleForm
from articles.forms.words import Words
from articles.importers import (
    ImportResult,
    MarkdownArticle,
    PastedList,
    UnreadableFile,
    read_article,
    read_list,
)
from articles.importers.decoding import MAX_BYTES
from articles.importers.pasted import split_off_list
from articles.models import Topic
from articles.rendering import UnreadableText, clean_text
from articles.states import AiInvolvement, Audience

PASTED = "The pasted text.md"


class Upload(forms.FileField):
    """A file of at most what the desk reads; nothing of it is kept but what is read from it."""

    def __init__(self, *, accept: str, **options: Any) -> None:
        sentence = "That file is empty. Check it, and choose it again."
        super().__init__(
            required=False,
            widget=forms.FileInput(attrs={"accept": accept}),
            error_messages={"empty": sentence},
            **options,
        )

    def clean(self, data: Any, initial: Any = None) -> Any:
        file = super().clean(data, initial)
        if file and file.size > MAX_BYTES:
            raise ValidationError(f"“{file.name}” is larger than {MAX_BYTES // 1_000_000} MB. No article is so long.")
        return file


class BringInForm(ArticleForm):
    """What a draft needs to be one, from form or file; `given`, `words` and `sources` are what was read."""

    field_order = ["file", "body", "listed", "list_file", "title"]

    file = Upload(
        label="A file",
        accept=".md,.markdown,.txt,.xml,.nxml",
        help_text="Markdown (.md) or JATS (.xml), up to 5 MB.",
    )
    body = Words(
        label="Or paste the text",
        spoken="text",
        required=False,
        widget=forms.Textarea(attrs={"rows": 14, "class": "long"}),
        help_text="With its citations as they are: [1], [5, 6], [2–4], ¹, or a number that ends a sentence.",
    )
    list_file = Upload(
        label="Or its list as a file",
        accept=".bib,.ris,.json,.nbib,.xml,.nxml,.txt",
        help_text="BibTeX, RIS, CSL-JSON, PubMed or JATS. A JATS article brings its own.",
    )
    listed = Words(
        label="Paste its list",
        spoken="list of sources",
        required=False,
        widget=forms.Textarea(attrs={"rows": 10, "class": "long"}),
        help_text="One source a line or paragraph, numbered or not. A list at the end of the text, under a heading"
        " “References”, is found there.",
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in ("short_answer", "plain_body", "interests_seen", "edition"):
            del self.fields[name]
        for name in ("title", "topic", "audience", "ai_involvement"):
            self.fields[name].required = False
        self.fields["ai_involvement"].help_text = "Where the file says it, this can be left open."

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        self._need_one("file", "body", "There is a file and pasted text. Bring them in one after the other.")
        self._need_one("list_file", "listed", "There is a file and a pasted list. Give one of them.")
        if not given.get("file") and not (given.get("body") or "").strip() and not self.errors:
            raise ValidationError("Choose a file, or paste the text.")
        if not self.errors:
            self._read()
        return super().clean()

    def _need_one(self, file: str, pasted: str, sentence: str) -> None:
        if self.cleaned_data.get(file) and (self.cleaned_data.get(pasted) or "").strip():
            self.add_error(file, sentence)

    def _read(self) -> None:
        data, name = self._source("file", "body", PASTED)
        list_data, list_name = self._source("list_file", "listed", "The pasted list")
        self.fingerprint = hashlib.sha256(data + b"\0" + list_data).hexdigest()
        self.name = name.removesuffix(".md") if name == PASTED else name
        try:
            self.given = read_article(data, name=name)
        except UnreadableFile as refusal:
            self.add_error("file" if self.cleaned_data["file"] else "body", str(refusal))
            return
        self._take_what_the_file_says(self.given)
        self._read_list(list_data, list_name)

    def _source(self, file: str, pasted: str, name: str) -> tuple[bytes, str]:
        if upload := self.cleaned_data.get(file):
            return upload.read(), upload.name
        return (self.cleaned_data.get(pasted) or "").encode(), name

    def _read_list(self, data: bytes, name: str) -> None:
        body, at_the_end = split_off_list(self.given.body) if not self.given.references else (self.given.body, "")
        self.words = self.given.body if data.strip() else body
        try:
            found = read_list(data or at_the_end.encode(), name=name) if data.strip() or at_the_end else None
            clean_text(self.words, name="the text")
            clean_text(self.given.plain_body, name="the plain-language version")
        except UnreadableFile as refusal:
            self.add_error("list_file" if self.cleaned_data["list_file"] else "listed", str(refusal))
        except UnreadableText as refusal:
            self.add_error("file" if self.cleaned_data["file"] else "body", str(refusal))
        else:
            self.sources = found or PastedList(ImportResult((), ()))

    def _take_what_the_file_says(self, said: MarkdownArticle) -> None:
        """The form goes before the file; what neither says has to be said, beside its field."""
        given = self.cleaned_data
        topics = {name: topic for topic in Topic.objects.all() for name in (topic.slug, topic.name.casefold())}
        given["title"] = given.get("title") or said.title
        given["topic"] = given.get("topic") or topics.get(said.topic.casefold())
        given["audience"] = given.get("audience") or (said.audience if said.audience in Audience.values else "")
        told = said.ai_involvement if said.ai_involvement in AiInvolvement.values else ""
        given["ai_involvement"] = given.get("ai_involvement") or told
        given["ai_tool"] = given.get("ai_tool") or said.ai_tool
        given["ai_version"] = given.get("ai_version") or said.ai_version
        for name in ("title", "topic", "audience", "ai_involvement"):
            if not given[name]:
                self.add_error(name, ArticleForm.base_fields[name].error_messages["required"])

    @property
    def text(self) -> dict[str, Any]:
        """What the draft is made of."""
        named = set(ArticleForm.base_fields) & set(self.fields)
        texts = {"short_answer": self.given.short_answer, "body": self.words, "plain_body": self.given.plain_body}
        return {name: self.cleaned_data[name] for name in named} | texts
