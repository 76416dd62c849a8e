"""One source as an author types it, and files of them."""

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from articles.citations import KEY
from articles.forms.words import Words
from articles.importers.decoding import MAX_BYTES
from articles.importers.tidying import bare_doi, bare_isbn, bare_pmcid, bare_pmid
from articles.lookup import Identifier
from articles.models import Reference
from articles.reference_style import valid_doi, valid_isbn, valid_pmcid, valid_pmid, valid_url
from articles.rendering import UnreadableText, clean_line
from articles.states import SourceType

MERGED = (
    *("key", "type", "title", "authors", "issuing_body", "container_title", "publisher", "year", "volume", "issue"),
    *("pages", "doi", "pmid", "pmcid", "isbn", "url", "accessed", "no_id_reason"),
)


class AuthorLines(forms.Field):
    """Authors of a source, one a line: `Family, Given`; a line without a comma, or in braces, is an organisation."""

    widget = forms.Textarea(attrs={"rows": 4})

    def to_python(self, value: Any) -> list[dict[str, str]]:
        lines = [" ".join(line.split()) for line in str(value or "").splitlines()]
        try:
            return [_author(clean_line(line, name="author's name", limit=300)) for line in lines if line]
        except UnreadableText as refusal:
            raise ValidationError(str(refusal)) from None

    def prepare_value(self, value: Any) -> str:
        return value if isinstance(value, str) else "\n".join(_author_line(author) for author in value or ())


def _author(line: str) -> dict[str, str]:
    if line.startswith("{") and line.endswith("}"):
        return {"literal": line[1:-1].strip()}
    family, comma, given = (part.strip() for part in line.partition(","))
    if not comma:
        return {"literal": line}
    return {"family": family, "given": given} if given else {"family": family}


def _author_line(author: Mapping[str, str]) -> str:
    if literal := author.get("literal"):
        return f"{{{literal}}}" if "," in literal else literal
    return f"{author.get('family', '')}, {author.get('given', '')}".strip()


class ReferenceForm(forms.Form):
    """One source; identifiers are kept bare, whatever form they were pasted in."""

    use_required_attribute = False

    key = Words(
        spoken="key",
        limit=80,
        help_text="Sentences cite it as [@key]. Letters and digits, such as smith2020.",
        error_messages={"required": "Give it a key to cite it by, such as smith2020."},
    )
    type = forms.ChoiceField(
        label="Kind of source",
        required=False,
        choices=[("", "Not stated yet"), *SourceType.choices],
        help_text="What it is, not where it was found: readers see this beside the source.",
    )
    title = Words(
        spoken="title", limit=1000, error_messages={"required": "Give its title, so that readers can find it."}
    )
    authors = AuthorLines(
        required=False,
        help_text="One a line. A person: Family, Given. An organisation: its name; in braces {…} if it has a comma.",
    )
    issuing_body = Words(
        spoken="issuing body", required=False, help_text="Who issued it: a guideline always has such a body."
    )
    container_title = Words(label="Journal, book or site", spoken="journal, book or site", limit=500, required=False)
    publisher = Words(spoken="publisher", required=False)
    year = forms.IntegerField(
        required=False,
        min_value=1500,
        max_value=2200,
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), "Write the year with four digits: 2021."),
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    volume = Words(spoken="volume", limit=40, required=False)
    issue = Words(spoken="issue", limit=40, required=False)
    pages = Words(spoken="pages", limit=60, required=False)
    doi = Words(
        label="DOI", spoken="DOI", required=False, help_text="10.1000/example, or its https://doi.org/ address."
    )
    pmid = Words(label="PMID", spoken="PMID", limit=120, required=False, help_text="PubMed's number.")
    pmcid = Words(label="PMCID", spoken="PMCID", limit=120, required=False, help_text="PubMed Central: PMC1234567.")
    isbn = Words(label="ISBN", spoken="ISBN", limit=40, required=False)
    url = Words(label="Web address", spoken="web address", limit=1000, required=False)
    accessed = forms.DateField(
        label="Seen on",
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"placeholder": "2026-01-31"}),
        input_formats=["%Y-%m-%d"],
        error_messages={"invalid": "Write the day as 2026-01-31."},
        help_text="The day you read the page, as 2026-01-31.",
    )
    no_id_reason = Words(
        label="Why there is no identifier",
        spoken="reason",
        required=False,
        help_text="Only where it has no DOI, PMID, ISBN or web address.",
    )

    edition = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: QueryDict | None = None, *, reference: Reference | None = None) -> None:
        initial = {name: getattr(reference, name) for name in self.base_fields} if reference else {}
        super().__init__(data, initial=initial)

    def clean_key(self) -> str:
        key = self.cleaned_data["key"].removeprefix("[").removeprefix("@").removesuffix("]")
        if not KEY.fullmatch(key):
            raise ValidationError(
                "A key has letters and digits, and : . / _ - only between them. It begins with a letter or digit."
            )
        return key

    def clean_doi(self) -> str:
        return self._bare("doi", bare_doi, valid_doi, "A DOI begins with 10. and has a slash: 10.1000/example.")

    def clean_pmid(self) -> str:
        return self._bare("pmid", bare_pmid, valid_pmid, "A PMID is a number of up to eight digits.")

    def clean_pmcid(self) -> str:
        return self._bare("pmcid", bare_pmcid, valid_pmcid, "A PMCID is PMC and a number: PMC1234567.")

    def clean_isbn(self) -> str:
        return self._bare("isbn", bare_isbn, valid_isbn, "An ISBN has 10 or 13 digits, and this is not one: check it.")

    def clean_url(self) -> str:
        return self._bare("url", _with_scheme, valid_url, "That is not a web address. It begins with https:// .")

    def clean_accessed(self) -> str:
        day = self.cleaned_data["accessed"]
        return day.isoformat() if day else ""

    def clean(self) -> dict[str, Any]:
        super().clean()
        given = self.cleaned_data
        if given.get("type") == SourceType.GUIDELINE and not given.get("issuing_body") and "issuing_body" in given:
            self.add_error(
                "issuing_body", "Name the body that issued this guideline, or choose another kind of source."
            )
        return given

    @property
    def source(self) -> dict[str, Any]:
        """What is said of the source; the edition is about the form."""
        return {name: said for name, said in self.cleaned_data.items() if name != "edition"}

    def _bare(self, name: str, tidied: Callable[[str], str], is_valid: Callable[[str], bool], sentence: str) -> str:
        typed = self.cleaned_data[name]
        bare = tidied(typed) if typed else ""
        if typed and not is_valid(bare):
            raise ValidationError(sentence)
        return bare


def _with_scheme(address: str) -> str:
    return address if "://" in address else f"https://{address}"


class MergeForm(forms.Form):
    """Two entries of the list side by side: the author picks, field by field, what the one source is."""

    use_required_attribute = False

    edition = forms.IntegerField(widget=forms.HiddenInput)
    editions = forms.RegexField(r"^\d{1,9},\d{1,9}$", widget=forms.HiddenInput)

    def __init__(self, data: QueryDict | None = None, *, one: Reference, other: Reference) -> None:
        seen = {"edition": one.article.edition, "editions": f"{one.edition},{other.edition}"}
        super().__init__(data, initial=seen)
        self.pair = {"one": one, "other": other}
        for name in MERGED:
            said = {side: getattr(reference, name) for side, reference in self.pair.items()}
            if said["one"] != said["other"] and all(said.values()):
                self.fields[name] = self._choice(name, said)

    def _choice(self, name: str, said: Mapping[str, Any]) -> forms.ChoiceField:
        label = "Key that sentences cite" if name == "key" else ReferenceForm.base_fields[name].label
        return forms.ChoiceField(
            label=label or name.replace("_", " ").capitalize(),
            choices=[(side, self._spoken(name, value)) for side, value in said.items()],
            widget=forms.RadioSelect,
            initial="one",
            error_messages={"required": "Choose which of the two is right."},
        )

    def _spoken(self, name: str, value: Any) -> str:
        if name == "authors":
            return "; ".join(_author_line(author) for author in value)
        return str(SourceType(value).label) if name == "type" else str(value)

    @property
    def kept(self) -> str:
        return self._chosen("key")

    @property
    def source(self) -> dict[str, Any]:
        """What is said of the source from now on; where only one entry says something, that is it."""
        return {name: self._chosen(name) for name in MERGED if name != "key"}

    def _chosen(self, name: str) -> Any:
        one, other = (getattr(reference, name) for reference in self.pair.values())
        side = self.cleaned_data.get(name)
        return getattr(self.pair[side], name) if side else one or other

    @property
    def seen(self) -> dict[str, int]:
        editions = map(int, self.cleaned_data["editions"].split(","))
        return dict(zip((reference.key for reference in self.pair.values()), editions, strict=True))


class LookUpForm(forms.Form):
    """The identifier of one source."""

    use_required_attribute = False

    identifier = Words(
        label="DOI or PMID",
        spoken="identifier",
        limit=400,
        help_text="10.1000/example, its https://doi.org/ address, or PubMed's number.",
        error_messages={"required": "Give the DOI or the PMID of the source."},
    )

    def clean_identifier(self) -> Identifier:
        found = Identifier.of(self.cleaned_data["identifier"])
        if found is None:
            raise ValidationError("A DOI begins with 10. and has a slash; a PMID is a number. This is neither.")
        return found


class ImportForm(forms.Form):
    """References from a file or pasted from one."""

    use_required_attribute = False

    file = forms.FileField(
        required=False,
        help_text="BibTeX (.bib), RIS (.ris), CSL-JSON (.json), PubMed (.nbib, .xml) or JATS (.xml), up to 5 MB.",
        error_messages={"empty": "That file is empty. Check the export, and choose it again."},
        widget=forms.FileInput(attrs={"accept": ".bib,.ris,.json,.nbib,.xml,.txt"}),
    )
    pasted = forms.CharField(
        label="Or paste them",
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 12, "class": "long"}),
        help_text="The same formats; which one it is, is seen from the text.",
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file and file.size > MAX_BYTES:
            raise ValidationError(
                f"“{file.name}” is larger than {MAX_BYTES // 1_000_000} MB."
                " Export only what this article needs, and import that."
            )
        return file

    def clean(self) -> dict[str, Any]:
        super().clean()
        given = self.cleaned_data
        has_file, has_text = bool(given.get("file")), bool((given.get("pasted") or "").strip())
        if not self.errors and not has_file and not has_text:
            raise ValidationError("Choose a file, or paste references, and import again.")
        if has_file and has_text:
            raise ValidationError("There is a file and pasted text. Import them one after the other.")
        return given

    @property
    def source(self) -> tuple[bytes, str]:
        """The bytes to read and what to call them."""
        if file := self.cleaned_data["file"]:
            return file.read(), file.name
        return self.cleaned_data["pasted"].encode(errors="surrogatepass"), "The pasted text"
