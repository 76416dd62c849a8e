"""Markdown to safe HTML, once, at freeze time, in a process that can be killed."""

from articles.rendering.characters import MAX_BYTES, UnreadableText, clean_line, clean_text
from articles.rendering.fragments import contents, mentions, plain_lines, plain_words
from articles.rendering.markdown import MAX_NESTING, render
from articles.rendering.renderer import MAX_SECONDS, render_article

__all__ = [
    "MAX_BYTES",
    "MAX_NESTING",
    "MAX_SECONDS",
    "UnreadableText",
    "clean_line",
    "clean_text",
    "contents",
    "mentions",
    "plain_lines",
    "plain_words",
    "render",
    "render_article",
]
