"""The picture that stands for a page where its address is shared: title and standing, never one without the other."""

import functools
import io
from pathlib import Path

from django.conf import settings
from fontTools.ttLib import TTFont
from PIL import Image, ImageDraw, ImageFont
from PIL.PngImagePlugin import PngInfo

from articles.public import PublicArticle

SIZE = (1200, 630)
MARGIN = 72
WIDTH = SIZE[0] - 2 * MARGIN
PAPER, INK, QUIET = "#fcfbf8", "#1c2426", "#4c5759"
GREEN = ("#e7f2ea", "#17533a", "#4f9273")
AMBER = ("#fdf2da", "#6b4300", "#c08a2b")
RED = ("#fbe9e6", "#8a1f16", "#c5564b")
TONES = {"approved": GREEN, "changed": GREEN, "rejected": RED, "withdrawn": RED, "retracted": RED}
FONTS = Path(__file__).resolve().parent / "printing" / "fonts"
TITLE, WORDS, STRONG = "SourceSerifPro-Semibold", "SourceSansPro-Regular", "SourceSansPro-Semibold"
TITLE_SIZES = (68, 60, 52, 46, 40)
TITLE_LINES = 4
FINE = 4  # the icon is drawn so many times larger, and shrunk: its edges become smooth


def card(unit: PublicArticle) -> bytes:
    """A PNG of 1200 × 630; what can be read on it is also in its `Description`, for those who cannot see it."""
    picture = Image.new("RGB", SIZE, PAPER)
    draw = ImageDraw.Draw(picture)
    top = _draw_standing(picture, draw, unit)
    draw.text((MARGIN, 56), settings.SITE_NAME, font=_font(STRONG, 30), fill=QUIET)
    _draw_title(draw, unit, above=top)
    said = PngInfo()
    said.add_itxt("Description", in_words(unit))
    out = io.BytesIO()
    picture.save(out, "PNG", optimize=True, pnginfo=said)
    return out.getvalue()


def in_words(unit: PublicArticle) -> str:
    """What the card says, for those who do not see it."""
    return f"{unit.title} – {unit.label}. {unit.standing_line}"


def _draw_standing(picture: Image.Image, draw: ImageDraw.ImageDraw, unit: PublicArticle) -> int:
    """The band at the foot: icon, word and the line that says it; its upper edge."""
    ground, ink, line = TONES.get(unit.shade, AMBER)
    label = _lines(unit.label, _font(STRONG, 42), width=WIDTH - 76, most=2)
    told = _lines(unit.standing_line, _font(WORDS, 31), width=WIDTH, most=3)
    top = SIZE[1] - 96 - 52 * len(label) - 42 * len(told)
    draw.rectangle((0, top, SIZE[0], SIZE[1]), fill=ground)
    draw.rectangle((0, top, SIZE[0], top + 7), fill=line)
    picture.paste(ink, (MARGIN, top + 42), _icon(unit.shade, 52))
    for row, words in enumerate(label):
        draw.text((MARGIN + 76, top + 40 + 52 * row), words, font=_font(STRONG, 42), fill=ink)
    for row, words in enumerate(told):
        draw.text((MARGIN, top + 54 + 52 * len(label) + 42 * row), words, font=_font(WORDS, 31), fill=ink)
    return top


def _draw_title(draw: ImageDraw.ImageDraw, unit: PublicArticle, *, above: int) -> None:
    """As large as it fits. In letters that our typeface lacks it would be a row of boxes: the topic stands for it."""
    words = unit.title if _can_print(unit.title) else unit.topic if _can_print(unit.topic) else ""
    room = above - 110 - 24
    for size in TITLE_SIZES:
        font, height = _font(TITLE, size), round(size * 1.16)
        lines = _lines(words, font, width=WIDTH, most=min(TITLE_LINES, room // height))
        if not lines or not lines[-1].endswith("…"):
            break
    for row, line in enumerate(lines):
        draw.text((MARGIN, 110 + height * row), line, font=font, fill=INK)


def _lines(words: str, font: ImageFont.FreeTypeFont, *, width: int, most: int) -> list[str]:
    """Broken between words, or within one that is wider than the card; cut with an ellipsis after `most` lines."""
    lines: list[str] = []
    for word in _pieces(words[:600], font, width=width):
        if lines and font.getlength(f"{lines[-1]} {word}") <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    if len(lines) <= most:
        return lines
    last = lines[most - 1]
    while last and font.getlength(f"{last}…") > width:
        last = last[:-1]
    return [*lines[: most - 1], f"{last.rstrip(' ,;:')}…"]


def _pieces(words: str, font: ImageFont.FreeTypeFont, *, width: int) -> list[str]:
    pieces: list[str] = []
    for word in words.split():
        while font.getlength(word) > width:
            fits = next(n for n in range(len(word), 0, -1) if font.getlength(word[:n]) <= width)
            pieces.append(word[:fits])
            word = word[fits:]
        pieces.append(word)
    return pieces


def _icon(shade: str, size: int) -> Image.Image:
    """The same signs as on the pages, as a mask: told apart by their outline where colours are not."""
    big = size * FINE
    mask = Image.new("L", (big, big), 0)
    draw, unit = ImageDraw.Draw(mask), big / 24
    pen = round(2 * unit)

    def line(*points: tuple[float, float]) -> None:
        draw.line([(x * unit, y * unit) for x, y in points], fill=255, width=pen, joint="curve")

    if shade in ("approved", "changed"):
        draw.ellipse((1.5 * unit, 1.5 * unit, 22.5 * unit, 22.5 * unit), outline=255, width=pen)
        line((7.5, 12.5), (10.5, 15.5), (16.5, 9))
    elif shade == "under_review":
        draw.ellipse((1.5 * unit, 5 * unit, 22.5 * unit, 19 * unit), outline=255, width=pen)
        draw.ellipse((8.8 * unit, 8.8 * unit, 15.2 * unit, 15.2 * unit), outline=255, width=pen)
    elif shade in ("overdue", "superseded"):
        draw.ellipse((1.5 * unit, 1.5 * unit, 22.5 * unit, 22.5 * unit), outline=255, width=pen)
        line((12, 6.5), (12, 12), (16, 14))
    elif shade in ("rejected", "withdrawn", "retracted"):
        line(
            (8, 2.5), (16, 2.5), (21.5, 8), (21.5, 16), (16, 21.5), (8, 21.5), (2.5, 16), (2.5, 8), (8, 2.5), (16, 2.5)
        )
        line((8.5, 8.5), (15.5, 15.5))
        line((15.5, 8.5), (8.5, 15.5))
    else:
        line((12, 3), (1.9, 20.5), (22.1, 20.5), (12, 3), (1.9, 20.5))
        line((12, 9.5), (12, 14.5))
        draw.ellipse((10.8 * unit, 16.6 * unit, 13.2 * unit, 19 * unit), fill=255)
    return mask.resize((size, size), Image.Resampling.LANCZOS)


@functools.cache
def _font(name: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(FONTS / f"{name}.ttf"), size)


@functools.cache
def _letters() -> frozenset[int]:
    with TTFont(FONTS / f"{TITLE}.ttf") as face:
        return frozenset(face.getBestCmap())


def _can_print(words: str) -> bool:
    return {ord(letter) for letter in words if not letter.isspace()} <= _letters()
