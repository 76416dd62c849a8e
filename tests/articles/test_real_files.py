"""Real files that others wrote, where they lie beside the repository: each record is imported or reported."""

import json
import re
from pathlib import Path

import pytest

from articles.importers import UnreadableFile, read_article, read_references

REAL = Path(__file__).resolve().parents[3] / "shared" / "realdata"

pytestmark = pytest.mark.skipif(not REAL.is_dir(), reason="the real files are not beside this repository")


def counted(path: str, mark: str) -> tuple[int, int]:
    """The records that arrived or were reported lost, and how many the file holds."""
    data = (REAL / path).read_bytes()
    result = read_references(data, name=path)
    lost = sum(problem.lost for problem in result.problems)
    return len(result.records) + lost, len(re.findall(mark, data.decode("utf-8-sig")))


@pytest.mark.parametrize(
    ("path", "mark"),
    [
        ("bibtex/known_status.bib", r"(?m)^@\w+\{"),
        ("ris/baseline_reference_types.ris", "TY  -"),
        ("ris/faulty_year.ris", "TY  -"),
        ("ris/pubmed_zotero.ris", "TY  -"),
        ("jats/pntd.0002065.nxml", r"<ref "),
        ("jats/1472-6831-8-11.nxml", r"<ref "),
    ],
)
def test_each_real_record_is_imported_or_reported(path, mark):
    handled, held = counted(path, mark)
    assert handled == held > 0


def test_each_real_csl_item_is_imported():
    data = (REAL / "csl/deep-review.json").read_bytes()
    result = read_references(data, name="deep-review.json")
    assert len(result.records) == len(json.loads(data))
    assert result.problems == ()


def test_the_real_unreadable_year_is_reported():
    result = read_references((REAL / "ris/faulty_year.ris").read_bytes(), name="faulty_year.ris")
    assert result.records[0].year is None
    assert "10 15" in result.problems[0].reason


@pytest.mark.parametrize("path", ["jats/pntd.0002065.nxml", "jats/1472-6831-8-11.nxml"])
def test_no_real_jats_reference_is_called_uncited(path):
    article = read_article((REAL / path).read_bytes(), name=path)
    cited = set(re.findall(r"@([\w:.+-]+)(?=[;\]])", article.body))
    assert cited == {record.key for record in article.references}


@pytest.mark.parametrize("path", ["medquad/nhlbi-0000001.xml", "retractions/known_status.csv"])
def test_a_real_file_of_another_kind_is_refused_with_a_sentence(path):
    with pytest.raises(UnreadableFile, match=r"Choose|Export"):
        read_references((REAL / path).read_bytes(), name=path)
