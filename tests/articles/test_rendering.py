"""Markdown in, safe HTML out: what readers see, what is refused, and what never hangs."""

import contextlib
import subprocess
import sys
import threading
import time

import pytest
from lxml import html as lxml_html

from articles.rendering import (
    MAX_BYTES,
    UnreadableText,
    clean_line,
    clean_text,
    contents,
    mentions,
    render,
    render_article,
    renderer,
)

NUMBERS = {"a": 1, "b": 2, "c": 3, "d": 4, "z": 9}

ELEMENTS = {
    *("p", "h2", "h3", "h4", "ul", "ol", "li", "em", "strong", "blockquote", "code", "pre", "a", "sup", "span"),
    *("br", "hr", "table", "thead", "tbody", "tr", "th", "td"),
}
ATTRIBUTES = {"a": {"href", "rel", "id", "role"}, "ol": {"start"}, "th": {"scope"}, "span": {"id"}} | dict.fromkeys(
    ("h2", "h3", "h4"), {"id"}
)


def tree(fragment):
    return lxml_html.fragment_fromstring(fragment, create_parent="main")


def shown(markdown, **more):
    return tree(render(markdown, **({"numbers": NUMBERS} | more)))


def words(markdown):
    return shown(markdown).text_content().strip()


def assert_inert(fragment):
    for element in tree(fragment).iterdescendants():
        assert element.tag in ELEMENTS
        assert set(element.attrib) <= ATTRIBUTES.get(element.tag, set())
        address = element.get("href")
        if address and not address.startswith("#ref-"):
            assert address.lower().startswith(("http://", "https://", "mailto:"))
            assert element.get("rel") == "nofollow noopener"


# Citations


def test_a_citation_is_a_raised_number_in_brackets_that_leads_to_its_reference():
    link = shown("Pain fell [@b].").find(".//sup/a")
    assert (link.text, link.get("href"), link.get("id"), link.get("role")) == ("2", "#ref-2", "cite-2-1", "doc-noteref")


def test_a_number_and_the_citation_behind_it_stay_apart_where_raising_is_lost():
    assert words("Give 5[@a] mg.") == "Give 5[1] mg."


@pytest.mark.parametrize(
    ("citation", "printed"),
    [
        ("[@a; @c]", "[1, 3]"),
        ("[@c; @a]", "[1, 3]"),
        ("[@a; @b]", "[1, 2]"),
        ("[@a; @b; @c]", "[1–3]"),
        ("[@z; @c; @a; @b; @d; @d]", "[1–4, 9]"),
    ],
)
def test_several_sources_are_printed_in_order_and_three_in_a_row_as_a_range(citation, printed):
    assert shown(citation).find(".//sup").text_content() == printed


def test_every_source_of_a_range_can_be_come_back_to():
    fragment = render("[@a; @b; @c]", numbers=NUMBERS)
    assert mentions(fragment) == {1: ["cite-1-1"], 2: ["cite-2-1"], 3: ["cite-3-1"]}
    assert [link.get("href") for link in tree(fragment).iter("a")] == ["#ref-1", "#ref-3"]


def test_each_mention_has_its_own_place():
    fragment = render("One [@a]. Two [@a; @b].\n\n| t |\n|-|\n| Three [@a] |", numbers=NUMBERS, prefix="plain-")
    assert mentions(fragment) == {1: ["cite-plain-1-1", "cite-plain-1-2", "cite-plain-1-3"], 2: ["cite-plain-2-1"]}


def test_a_citation_in_the_text_of_a_link_follows_the_link_and_breaks_neither():
    paragraph = shown("See [the trial [@a] of 2020](https://example.org/t) here.").find(".//p")
    outer, raised = paragraph[0], paragraph[1]
    assert (outer.get("href"), raised.find("a").get("href")) == ("https://example.org/t", "#ref-1")
    assert outer.find(".//a") is None


@pytest.mark.parametrize("markdown", ["Seen [@a](in adults).", "Seen [@a](https://example.org).", "![@a]", "**[@a]**"])
def test_a_citation_stays_one_whatever_stands_beside_it(markdown):
    assert [link.get("href") for link in shown(markdown).iter("a")] == ["#ref-1"]


def test_a_citation_in_code_is_shown_as_it_is():
    assert words("Write `[@a]` or \\[@a].") == "Write [@a] or [@a]."


def test_an_unknown_key_is_named_with_its_line():
    with pytest.raises(UnreadableText, match=r"The body cites “nobody1999” on line 3, but no reference has that key"):
        render("One [@a].\n\nTwo [@b; @nobody1999].", numbers=NUMBERS, name="body")


@pytest.mark.parametrize("text", ["[@a, p. 3]", "[@a @b]", "[-@a]", "[@]", "[@a;]", "[@" + "a" * 81 + "]"])
def test_what_only_looks_like_a_citation_is_refused_and_not_shown_as_text(text):
    with pytest.raises(UnreadableText, match="line 2 that begins like a citation"):
        render(f"First\nPain fell {text}.", numbers=NUMBERS)


@pytest.mark.parametrize(
    "text", ["[x](https://example.org '[@a]')", "# A `\n[@a] and ` here", "[x](https://example.org/`) [@a] `"]
)
def test_a_citation_that_would_be_counted_otherwise_than_shown_is_refused(text):
    with pytest.raises(UnreadableText, match="Move it into the running text"):
        render(text, numbers=NUMBERS)


# Structure


def test_headings_begin_at_the_second_level_and_end_at_the_fourth():
    page = shown("# A\n\n## B\n\n### C\n\n#### D\n\n###### E")
    assert [(heading.tag, heading.text) for heading in page] == [
        ("h2", "A"),
        ("h3", "B"),
        ("h4", "C"),
        ("h4", "D"),
        ("h4", "E"),
    ]


def test_headings_skip_no_level_however_they_were_written():
    assert [heading.tag for heading in shown("## A\n\n#### B\n\n## C\n\n### D")] == ["h2", "h3", "h2", "h3"]


def test_headings_can_be_listed_and_reached():
    fragment = render("# Does it *help*? [@a]\n\n# Dose & `mg`\n\n# Dose, mg\n\n# 痛み\n\n# !", numbers=NUMBERS)
    assert contents(fragment) == [
        ("s-does-it-help", "Does it help?"),
        ("s-dose-mg", "Dose & mg"),
        ("s-dose-mg--2", "Dose, mg"),
        ("s-痛み", "痛み"),
        ("s-section", "!"),
    ]
    assert {anchor for anchor, _ in contents(fragment)} == {h.get("id") for h in tree(fragment)}


def test_lists_tables_quotations_emphasis_and_code_are_kept():
    page = shown("- *a*\n- **b**\n\n3. c\n\n> d\n\n`e`\n\n```py\nf\n```\n\n| g |\n|--:|\n| h |\n\nAn  \nend\n\n***")
    assert {e.tag for e in page.iterdescendants()} == ELEMENTS - {"h2", "h3", "h4", "a", "sup", "span"}
    assert page.find(".//ol").get("start") == "3"
    assert page.find(".//th").attrib == {"scope": "col"}


def test_a_pasted_numbered_list_of_sources_does_not_vanish():
    assert "[1]: https://example.org" in shown("Text [1].\n\n[1]: https://example.org").text_content()


def test_a_paragraph_pasted_with_four_spaces_is_not_code():
    assert [e.tag for e in shown("Text.\n\n    More text [@a].").iterchildren()] == ["p", "p"]


def test_a_table_row_with_more_cells_than_columns_is_refused_because_the_rest_would_vanish():
    render("> | a | b |\n> |---|---|\n> | 1 | 2 \\| 3 |\n> | 1 |", numbers=NUMBERS)
    with pytest.raises(UnreadableText, match="table row on line 4 with more cells"):
        render("| a | b |\n|---|---|\n| 1 | 2 |\n| 1 | 2 | 3 |", numbers=NUMBERS)


def test_what_is_nested_too_deeply_is_refused_because_the_parser_would_drop_it():
    assert "end" in shown("> " * 15 + "end").text_content()
    for deep in ("> " * 30 + "end", "".join("  " * i + "- x\n" for i in range(30)), "*a **a " * 30 + "a** a*" * 30):
        with pytest.raises(UnreadableText, match="more than 20 deep"):
            render(deep, numbers=NUMBERS)


@pytest.mark.parametrize(
    "image",
    [
        "![knee](https://example.org/k.png)",
        "![a [b] *c*](https://example.org/k.png)",
        "![](data:image/png;base64,AAAA)",
        "![x](javascript:alert(1))",
        "[![x](https://example.org/k.png)](https://example.org)",
        "| t |\n|-|\n| ![x](/k.png) |",
    ],
)
def test_an_image_is_refused_and_never_silently_left_out(image):
    with pytest.raises(UnreadableText, match=r"The body has an image on line \d"):
        render(image, numbers=NUMBERS, name="body")


def test_an_image_is_found_on_its_line():
    with pytest.raises(UnreadableText, match="on line 4"):
        render("One\n\nTwo\nThree ![x](y)", numbers=NUMBERS)


# hostile text is inert

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<style>*{display:none}</style>",
    "<div hidden>dose</div>",
    "<!-- dose --> <!DOCTYPE x> <?php ?> <![CDATA[x]]>",
    "<p class='caution' id='s-x' style='color:white'>x</p>",
    "<a href='javascript:alert(1)'>x</a>",
    "<iframe src='https://example.org'></iframe><base href='//evil.example'><meta http-equiv=refresh content=0>",
    "<form action=//evil.example><input name=x><button>y</button></form>",
    "</article></body><h1>x</h1>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java&#115;cript:alert(1))",
    "[x](&#x6A;avascript&colon;alert(1))",
    "[x](java\\script:alert(1))",
    "[x](\tjavascript:alert(1))",
    "[x](<java script:alert(1)>)",
    "[x](vbscript:x) [x](file:///etc/passwd) [x](data:text/html,<script>alert(1)</script>)",
    "[x](//evil.example) [x](/admin/logout/) [x](#cite-1-1) [x](?a=b) [x]()",
    "[x](https://example.org 'onclick=\"alert(1)')",
    '[x](https://example.org/"onmouseover="alert(1))',
    '[x](https://example.org"><script>alert(1)</script>)',
    "<javascript:alert(1)> <data:text/html,x> <vbscript:x>",
    '<https://example.org/"onmouseover=alert(1)> <me@example.org>',
    '# <img src=x onerror=alert(1)>\n\n# [x](javascript:alert(1))\n\n# " onmouseover=alert(1) x="',
    '```" onmouseover=alert(1) x="\n</code></pre><script>alert(1)</script>\n```',
    "`</code><script>alert(1)</script>`",
    "| <script>alert(1)</script> |\n|:-:|\n| [x](javascript:alert(1)) |",
    "&lt;script&gt;alert(1)&lt;/script&gt; &#60;script&#62;alert(1)&#60;/script&#62;",
    '[@a<script>alert(1)</script> \\[@a"onclick=x]'.replace("[@a<", "[a<"),
    "[a]: javascript:alert(1)\n[a]",
    "*<b>*</b>* **[x](javascript:x)**",
    "99999999. x\n\n0. y",
    "x\n{: onclick=alert(1) #id .class style=x}\n\n# h {#caution .notice}",
]


@pytest.mark.slow
@pytest.mark.parametrize("markdown", HOSTILE)
def test_hostile_text_is_shown_as_text_or_not_at_all(markdown):
    for variant in (
        markdown,
        f"> - {markdown}",
        f"# {markdown}",
        f"**{markdown}** [@a]",
        f"[{markdown}](https://e.org)",
    ):
        assert_inert(render(variant, numbers=NUMBERS))


def test_raw_html_is_shown_so_that_a_reviewer_sees_it():
    raw = "Take <b hidden>no</b> more <!-- than 5 -->."
    assert words(raw) == raw


def test_an_address_is_shown_as_it_is_written_and_never_decoded():
    assert words("<https://example.org/%E2%80%AEgnp>") == "https://example.org/%E2%80%AEgnp"


def test_links_tell_search_engines_and_browsers_to_keep_away():
    link = shown("[x](HTTPS://example.org 'title')").find(".//a")
    assert dict(link.attrib) == {"href": "HTTPS://example.org", "rel": "nofollow noopener"}


@pytest.mark.parametrize("entity", ["&#x202E;", "&#8238;", "&#x200b;", "&ZeroWidthSpace;", "&NoBreak;", "&#xE0041;"])
def test_an_entity_cannot_bring_in_what_is_refused_as_a_character(entity):
    with pytest.raises(UnreadableText, match=r"on line 2 .* \(U\+"):
        render(f"One\nTwo {entity} three", numbers=NUMBERS)


# Characters


@pytest.mark.parametrize(
    "character",
    [
        *("\x00", "\x01", "\x08", "\x0b", "\x0c", "\x1b", "\x7f", "\x85", "\x9b"),
        *("\u202a", "\u202b", "\u202c", "\u202d", "\u202e", "\u2066", "\u2067", "\u2068", "\u2069"),
        *("\u200b", "\u2060", "\u2061", "\u2063", "\ufeff", "\u061c", "\u180e", "\ufff9"),
        *("\u3164", "\u115f", "\U000e0041", "\ue000", "\ud800", "\udfff", "\ufffe", "\ufdd0", "\U0001ffff"),
    ],
)
def test_a_character_that_hides_or_turns_round_text_is_refused_with_its_line(character):
    with pytest.raises(UnreadableText, match=rf"The body holds .* on line 2 .*U\+{ord(character):04X}"):
        clean_text(f"One\ntwo{character}three", name="body")
    with pytest.raises(UnreadableText):
        clean_line(f"one{character}two", limit=300)
    with pytest.raises(UnreadableText):
        render(f"one{character}two", numbers={})


def test_a_refused_character_is_named_but_never_repeated_in_the_message():
    with pytest.raises(UnreadableText) as refusal:
        clean_text("1\u202e0 mg")
    assert "U+202E RIGHT-TO-LEFT OVERRIDE" in str(refusal.value)
    assert "\u202e" not in str(refusal.value)


@pytest.mark.parametrize(
    "text",
    ["می\u200cخواهم", "क्\u200dष", "שלום\u200f!", "a\u200eb", "👩\u200d⚕️", "\u06001٢", "ä ö 痛み µg ≥ 5 °C", "tab\tin"],
)
def test_the_writing_of_any_language_is_left_as_it_is(text):
    assert clean_text(text) == text


def test_text_comes_out_in_one_form():
    assert clean_text("\ufeffa\r\nb\rc\u2028d\n\n \n") == "a\nb\nc\nd"
    assert clean_text("Mu\u0308ller") == "Müller"
    assert clean_text("Hard  \nbreak") == "Hard  \nbreak"
    assert clean_text("over\u00addose") == "overdose"


def test_cleaning_twice_changes_nothing():
    once = clean_text("\ufeffA\u030angstro\u0308m\r\n\r\n  b  ")
    assert clean_text(once) == once


def test_a_title_is_one_line():
    assert clean_line("  Does\r\nit \t help\u00a0?\n", limit=300) == "Does it help ?"


def test_a_title_that_is_too_long_says_how_long_and_how_long_it_may_be():
    with pytest.raises(UnreadableText, match="The title has 3,000 characters; the limit is 300"):
        clean_line("x" * 3000, limit=300)


@pytest.mark.parametrize("name", ["question", "the question"])
def test_a_refusal_names_the_field(name):
    with pytest.raises(UnreadableText, match="^The question "):
        clean_line("\x00", name=name, limit=300)


def test_a_text_over_the_limit_says_how_long_and_how_long_it_may_be():
    assert clean_text("x" * MAX_BYTES) == "x" * MAX_BYTES
    for text in ("x" * (MAX_BYTES + 1), "ä" * (MAX_BYTES // 2 + 1)):
        with pytest.raises(UnreadableText, match="The body is 201 KB long; the limit is 200 KB"):
            clean_text(text, name="body")


def test_a_letter_with_thousands_of_accents_is_refused_at_once():
    started = time.process_time()
    with pytest.raises(UnreadableText, match="accents on line 2"):
        clean_text("x\na" + "\u0301\u0327" * 40_000)
    assert time.process_time() - started < 1


# The whole article, in a process that can be killed


def article(**texts):
    return render_article(
        **({"short_answer": "Yes.", "body": "It helps.", "plain_body": "", "numbers": NUMBERS} | texts)
    )


def test_an_article_is_rendered_whole_and_no_id_is_used_twice():
    page = article(
        short_answer="# A\n\nYes [@a].", body="# A\n\nIt does [@a].\n\n## B", plain_body="# A\n\nYes [@a; @b]."
    )
    assert page["headings"] == [("s-a", "A"), ("s-b", "B")]
    everything = page["short_answer"] + page["body"] + page["plain_body"]
    ids = [element.get("id") for element in tree(everything).iterdescendants() if element.get("id")]
    assert len(ids) == len(set(ids)) == 8


def test_the_process_gives_the_same_html_as_the_function():
    body = "# Ünï [@a]\n\n| 痛み | \u200f |\n|-|-|\n| 1 | \U0001f600 |"
    assert article(body=body)["body"] == render(body, numbers=NUMBERS, name="body")


def test_an_empty_article_is_empty():
    assert article(short_answer="", body="") == {"short_answer": "", "body": "", "plain_body": "", "headings": []}


def test_a_refusal_says_in_which_text_and_line_it_is():
    with pytest.raises(UnreadableText, match="The plain-language body cites “x” on line 2"):
        article(plain_body="Fine\nNot [@x].")
    with pytest.raises(UnreadableText, match="The short answer is 201 KB long"):
        article(short_answer="x" * (MAX_BYTES + 1))
    with pytest.raises(UnreadableText, match=r"The body .* on line 1 .*U\+D800"):
        article(body="\ud800")


# either shown or refused, within the limit, and the caller lives
HUNDRED_THOUSAND = 100_000
BOMBS = {
    "brackets": "[" * HUNDRED_THOUSAND,
    "image openers": "![" * (HUNDRED_THOUSAND // 2),
    "brackets before an address": "[" * HUNDRED_THOUSAND + "](https://example.org)",
    "half links": "[a](" * (HUNDRED_THOUSAND // 4),
    "elements": "<div>" * 40_000,
    "emphasis": "*a_ " * (HUNDRED_THOUSAND // 4),
    "quotations": ">" * HUNDRED_THOUSAND,
    "references": "".join(f"[{i}]: https://example.org/{'a' * 20}\n" for i in range(2000)) + "[1]" * 10_000,
    "wide table": "|a" * 8_000 + "|\n" + "|-" * 8_000 + "|\n" + "|b\n" * 8_000,
    "tall table": "|a" * 300 + "|\n" + "|-" * 300 + "|\n" + "|\n" * 10_000,
    "headings": "# a\n" * 15_000,
    "citations": "[@a]" * 50_000,
}


@pytest.mark.slow
@pytest.mark.parametrize("bomb", BOMBS)
def test_a_bomb_ends_within_the_limit(bomb):
    started = time.monotonic()
    with contextlib.suppress(UnreadableText):
        page = article(body=BOMBS[bomb])
        assert_inert(page["body"])
        assert len(page["body"]) <= 4 * len(BOMBS[bomb]) + 64 * 1024
    assert time.monotonic() - started < 6.5


def test_a_text_that_takes_too_long_is_refused_with_advice_from_any_thread():
    refusals = []

    def try_it():
        with pytest.raises(UnreadableText, match="too complicated .* remove them, and try again") as refusal:
            render_article(short_answer="", body="![" * 90_000 + "]()", plain_body="", numbers={}, seconds=0.5)
        refusals.append(refusal.value)

    thread = threading.Thread(target=try_it)
    thread.start()
    thread.join(timeout=5)
    assert len(refusals) == 1
    assert article()["body"] == "<p>It helps.</p>\n"


def test_the_renderer_starts_without_django():
    code = "import sys, articles.rendering; print('django' in sys.modules)"
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=30)
    assert printed.stdout.strip() == "False"


@pytest.fixture
def no_idle_renderer():
    renderer._idle.stop_all()
    yield
    renderer._idle.stop_all()


def test_the_renderer_is_not_told_our_secrets(monkeypatch, no_idle_renderer):
    told = {}
    start = subprocess.Popen
    monkeypatch.setenv("SECRET_KEY", "for nobody else")
    monkeypatch.setattr(
        subprocess, "Popen", lambda *args, env, **more: told.update(env) or start(*args, env=env, **more)
    )
    article()
    assert told
    assert "for nobody else" not in told.values()


def test_one_process_renders_one_text_after_the_other(no_idle_renderer):
    article()
    (first,) = renderer._idle.waiting
    article()
    assert renderer._idle.waiting == [first]
    assert first.jobs == 2


def test_a_renderer_that_died_meanwhile_is_replaced(no_idle_renderer):
    article()
    (first,) = renderer._idle.waiting
    first.child.kill()
    first.child.wait()
    assert article()["body"] == "<p>It helps.</p>\n"


def test_a_broken_renderer_is_not_blamed_on_the_author(monkeypatch, no_idle_renderer):
    monkeypatch.setattr("articles.rendering.renderer.sys.executable", "/bin/false")
    with pytest.raises(RuntimeError, match="The renderer failed"):
        article()
