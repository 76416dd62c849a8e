"""The rules from the command line: every answer is printed, and the exit status says whether something blocks."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

from tests import factories

pytestmark = pytest.mark.django_db


def checked(*arguments):
    said = io.StringIO()
    try:
        call_command("check_integrity", *arguments, stdout=said)
    except CommandError as refusal:
        return refusal.returncode, said.getvalue(), str(refusal)
    return 0, said.getvalue(), ""


def test_an_article_of_the_desk_is_checked_by_its_slug(draft):
    status, said, _ = checked(draft.slug)
    assert status == 0
    assert "CITE-DANGLING           ok" in said
    assert "REF-RETRACTED           not checked: " in said


def test_what_blocks_is_named_and_counted(ana):
    status, said, refusal = checked(factories.draft(by=ana, body="It helps [@nobody2020].").slug)
    assert status == 1
    assert "error, body: " in said
    assert "nobody2020" in said
    assert "must be fixed, or explained" in refusal


def test_files_are_checked_before_they_are_imported(tmp_path):
    article, sources = tmp_path / "article.md", tmp_path / "sources.ris"
    article.write_text("---\ntitle: Does it help?\naudience: patient\n---\n\nIt helps a little [@may2020].\n")
    sources.write_text("TY  - JOUR\nID  - may2020\nTI  - A trial\nAU  - May, Ada\nPY  - 2020\nDO  - 10.1000/x\nER  -\n")
    status, said, _ = checked(str(article), "--references", str(sources), "--json")
    answers = {result["rule"]: result["outcome"] for result in json.loads(said)["results"]}
    assert status == 0
    assert answers["CITE-DANGLING"] == answers["REF-UNCITED"] == "ok"
    assert answers["REF-RETRACTED"] == "not_checked"


def test_what_cannot_be_read_is_a_sentence_and_a_status_of_its_own(tmp_path):
    broken = tmp_path / "article.md"
    broken.write_bytes(b"\x00\x01")
    assert checked(str(broken))[0] == 2
    status, _, refusal = checked("no-such-article")
    assert status == 2
    assert "no article with this slug" in refusal
