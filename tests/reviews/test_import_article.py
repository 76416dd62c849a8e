"""What the import command promises: everything arrives or is reported, and a refusal leaves nothing behind."""

import pytest
from django.core.management import CommandError, call_command

from articles.models import Article
from articles.states import State
from reviews.models import Notification
from tests import factories

pytestmark = pytest.mark.django_db

FRONT = """---
title: Does exercise help long-lasting back pain?
short_answer: Probably a little, for most people.
topic: {topic}
audience: patient
interests: None.
funding: Nobody.
ai_involvement: first_draft
ai_tool: Example drafter
ai_version: 4.10
---

"""
BODY = "Regular exercise probably eases long-lasting low back pain a little [@hayden2021].\n"
BIB = """@article{hayden2021,
  title = {Exercise therapy for chronic low back pain},
  author = {Hayden, Jill A.},
  journal = {Cochrane Database of Systematic Reviews},
  year = {2021},
  doi = {10.1002/14651858.CD009790.pub2},
}

@article{broken2020,
  title = {Never closed

@article{ellis2020,
  title = {A readable record},
  year = {2020},
  pmid = {12345678},
}
"""


@pytest.fixture
def files(tmp_path):
    """Writes a file and gives its path."""
    factories.topic()

    def write(name, content):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


@pytest.fixture
def run(capsys):
    def call(*arguments):
        call_command("import_article", *map(str, arguments), "--author", "ana")
        return capsys.readouterr()

    return call


def text(topic="physiotherapy", body=BODY):
    return FRONT.format(topic=topic) + body


def test_an_article_arrives_with_its_references_as_a_draft(ana, files, run):
    said = run(files("a.md", text()), "--references", files("a.bib", BIB))
    article = Article.objects.get()
    assert (article.author, article.state, article.ai_version) == (ana, State.DRAFT, "4.10")
    assert article.ai_accountable == ana
    assert set(article.references.values_list("key", flat=True)) == {"hayden2021", "ellis2020"}
    assert "Imported “Does exercise help" in said.out


def test_a_record_that_cannot_be_read_is_reported_with_its_line_and_the_others_arrive(ana, files, run):
    said = run(files("a.md", text()), "--references", files("a.bib", BIB))
    assert "a.bib:9:" in said.err
    assert Article.objects.get().references.count() == 2


def test_a_submitted_import_is_with_the_editors(ana, eva, files, run):
    complete = BIB.split("@article{broken2020")[0]
    run(files("a.md", text()), "--references", files("a.bib", complete), "--submit")
    assert Article.objects.get().state == State.SUBMITTED
    assert Notification.objects.filter(recipient=eva).exists()


def test_loose_numbers_for_citations_arrive_as_a_draft_and_are_not_submitted(ana, files, run):
    loose = files("a.md", text(body="Exercise helps a little [7]. Others agree [2].\n"))
    with pytest.raises(CommandError, match="was not submitted"):
        run(loose, "--references", files("a.bib", BIB), "--submit")
    article = Article.objects.get()
    assert article.state == State.DRAFT
    assert article.references.count() == 2


def test_a_dry_run_says_everything_and_keeps_nothing(ana, files, run):
    said = run(files("a.md", text()), "--references", files("a.bib", BIB), "--dry-run")
    assert "Imported" in said.out
    assert "a.bib:9:" in said.err
    assert "Nothing was stored" in said.out
    assert not Article.objects.exists()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (text(topic="alchemy"), "“alchemy” is not known here.*physiotherapy"),
        (text(topic=""), "names no topic"),
        (text().replace("patient", "everybody"), "not a value of audience.*patient, professional, student"),
        (text().replace("first_draft", ""), "does not say its ai_involvement"),
        (text().replace("Example drafter", ""), "not which"),
        (text().replace("ai_version: 4.10", "ai_accountable: noor"), "not an author"),
        (text().replace("ai_version: 4.10", "co_authors: [nobody]"), "Nobody here has the username “nobody”"),
        (text().replace("ai_version: 4.10", "risk: 9"), "not a risk class"),
        (text(body="x" * 205_000), "200 KB"),
        (text(body="Hidden \u202e words"), "hides or disturbs"),
        (b"PK\x03\x04 and so on", "Word document"),
        (b"\x00\x01\x02\x03", "NUL bytes"),
        (b"", "is empty"),
    ],
)
def test_an_article_that_cannot_be_taken_is_refused_in_a_sentence_and_nothing_is_stored(
    ana, noor, files, run, content, sentence
):
    with pytest.raises(CommandError, match=sentence):
        run(files("a.md", content), "--references", files("a.bib", BIB))
    assert not Article.objects.exists()


def test_an_unreadable_references_file_refuses_the_whole(ana, files, run):
    with pytest.raises(CommandError, match="is a PDF"):
        run(files("a.md", text()), "--references", files("paper.bib", b"%PDF-1.7"))
    assert not Article.objects.exists()


def test_jats_is_taken_for_its_references_only(ana, files, run):
    with pytest.raises(CommandError, match="Write the article as Markdown.*--references"):
        run(files("a.nxml", "<article/>"))
    assert not Article.objects.exists()


def test_unknown_files_and_authors_are_named(files, run, tmp_path):
    with pytest.raises(CommandError, match="username “ana”"):
        run(files("a.md", text()))
    factories.person("Ana")
    with pytest.raises(CommandError, match="cannot be opened"):
        run(tmp_path / "missing.md")


def test_a_machine_is_nobodys_author(max_the_machine, files):
    with pytest.raises(CommandError, match="A person has to be the author"):
        call_command("import_article", str(files("a.md", text())), "--author", "max")
