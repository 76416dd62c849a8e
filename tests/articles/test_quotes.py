"""Where quoted words stand in a frozen text: exactly there, whatever tags lie between, and marked without harm."""

from types import SimpleNamespace

import pytest
from lxml import html

from articles import quotes
from articles.quotes import Mark, NotThere, Passage
from articles.rendering import render_article

BODY = """## What helps

Walk **ten** minutes [@a; @b]. A [long link](https://example.org/?a=1&b=2) & "so on".

- one pill
- two pills

| Dose | Age |
|---|---|
| 5 mg | adult |
| 5 mg | child |

<script>alert(1)</script> Walk ten minutes.
"""


def text(body=BODY):
    made = render_article(short_answer="Yes.", body=body, plain_body="", numbers={"a": 1, "b": 2})
    return SimpleNamespace(short_answer_html=made["short_answer"], body_html=made["body"], plain_html="")


def marked(*passages):
    marks = [Mark(passage, f"c{number}", number) for number, passage in enumerate(passages, start=1)]
    return quotes.marked(text(), "body", marks)


def read(fragment):
    """Its words, without citations and signs, and the words in each of its marks."""
    tree = html.fragment_fromstring(fragment, create_parent="div")
    for sup in tree.xpath("//sup"):
        sup.drop_tree()
    return tree.text_content(), ["".join(mark.itertext()) for mark in tree.iter("mark")]


@pytest.mark.parametrize(
    ("quote", "found"),
    [
        ("Walk ten minutes", "Walk ten minutes"),
        ("Walk\n  ten\tminutes [1, 2]. A long", "Walk ten minutes. A long"),
        ("& “so on”", '& "so on"'),
        ("one pill two pills", "one pill two pills"),
        ("5 mg\tadult\n5 mg", "5 mg adult 5 mg"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
    ],
)
def test_words_are_found_across_tags_lists_and_tables_and_kept_as_the_text_has_them(quote, found):
    passage = quotes.find(text(), "body", quote)
    assert passage == Passage("body", found, 1)
    assert quotes.find(text(), "body", passage.quote) == passage
    words, pieces = read(marked(passage))
    assert words == read(text().body_html)[0]
    assert "".join("".join(pieces).split()) == "".join(found.split())


@pytest.mark.parametrize(
    ("field", "quote", "occurrence", "why"),
    [
        ("body", "Run ten minutes", 1, "do not stand in the body"),
        ("body", "walk ten minutes", 1, "do not stand in the body"),
        ("body", "Walk ten minutes", 3, "2 times"),
        ("body", "one pill", 0, "once"),
        ("plain_body", "Walk", 1, "do not stand in the plain-language version"),
        ("title", "Walk", 1, "no such part"),
        ("body", " \u200b. ", 1, "at least one word"),
        ("body", "", 1, "at least one word"),
        ("body", "x" * 100_000, 1, "at most 1,000"),
    ],
)
def test_what_does_not_stand_there_is_refused_in_a_sentence(field, quote, occurrence, why):
    with pytest.raises(NotThere, match=why):
        quotes.find(text(), field, quote, occurrence)


def test_marks_overlap_repeat_and_end_in_links_without_breaking_the_text():
    passages = [
        Passage("body", "Walk ten minutes", 2),
        Passage("body", "Walk ten", 1),
        Passage("body", "ten minutes. A long", 1),
        Passage("body", "Dose Age 5 mg", 1),
        Passage("body", "words that are gone", 1),
    ]
    shown = marked(*passages)
    tree = html.fragment_fromstring(shown, create_parent="div")
    assert read(shown)[0] == read(text().body_html)[0]
    assert [sign.text for sign in tree.xpath("//a[@class='passage-sign']")] == ["2", "3", "4", "1"]
    assert not tree.xpath("//a//a | //script")
    assert tree.xpath("//a[@id='mark-c2']/@href") == ["#c2"]
    assert [mark.text for mark in tree.iter("mark")][:3] == ["Walk", "ten", "minutes"]
    assert quotes.marked(text(), "short_answer", []) == text().short_answer_html
