"use strict";
// Comments on passages: words that are selected in the text go into the form, with the place where they stand. Without
// this script they are copied into it by hand. Runs after review-desk.js, whose text pane, claims and keys it uses.
{
  // As articles/quotes.py sees a text: white space, citations and what is not seen do not count.
  const COUNTS = /[^\s\u00ad\u200b\u200c\u200d\u2060\ufeff]/;
  const SAME = { "‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-", "−": "-", "‑": "-" };
  const WORD = /[\p{L}\p{N}]/u;
  const BLOCKS = "p, li, td, th, h2, h3, h4, pre, blockquote";
  const box = document.getElementById("new-comment"), form = box.querySelector("form");
  const shown = {};

  function readable(variant) {
    if (variant in shown) return shown[variant];
    const walker = document.createTreeWalker(document.getElementById(variants[variant]).parentElement, NodeFilter.SHOW_TEXT, (node) =>
      node.parentElement.closest("sup, h3[id^=t-]") ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT);
    const text = { signs: "", places: [] };
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      for (let at = 0; at < node.data.length; at++) {
        if (!COUNTS.test(node.data[at])) continue;
        text.signs += SAME[node.data[at]] || node.data[at];
        text.places.push([node, at]);
      }
    }
    return (shown[variant] = text);
  }

  function passageOf(range) {
    const variant = Object.keys(variants).find((name) => document.getElementById(variants[name]).parentElement.contains(range.commonAncestorContainer));
    if (!variant) return null;
    const text = readable(variant);
    let start = -1, end = -1;
    text.places.forEach(([node, at], number) => {
      if (!range.isPointInRange(node, at) || range.comparePoint(node, at + 1) > 0) return;
      if (start < 0) start = number;
      end = number;
    });
    if (start < 0) return null;
    while (start > 0 && joined(text, start)) start--;
    while (end + 1 < text.places.length && joined(text, end + 1)) end++;
    return end > start ? { variant, text, start, end } : null;
  }

  // Whole words: nobody means half of one.
  function joined({ places }, number) {
    const [node, at] = places[number], [before, last] = places[number - 1];
    return node === before && at === last + 1 && WORD.test(node.data[at]) && WORD.test(node.data[last]);
  }

  function quoteOf({ text, start, end }) {
    let quote = "";
    for (let number = start; number <= end; number++) {
      const [node, at] = text.places[number], [before, last] = text.places[number - 1] || [];
      if (number > start && (before === node ? at > last + 1 : before.parentElement.closest(BLOCKS) !== node.parentElement.closest(BLOCKS) || /\s$/.test(before.data.slice(last + 1)) || /^\s/.test(node.data.slice(0, at)))) quote += " ";
      quote += node.data[at];
    }
    return quote.replace(/ (?=[.,;:!?)])/g, "");
  }

  function occurrenceOf({ text, start, end }) {
    const wanted = text.signs.slice(start, end + 1);
    let times = 0;
    for (let at = text.signs.indexOf(wanted); at >= 0 && at <= start; at = text.signs.indexOf(wanted, at + 1)) times++;
    return times;
  }

  function begin(range) {
    const passage = range && passageOf(range);
    if (!passage) { say("Select some words of the text first.", "concern"); return; }
    form.elements.field.value = passage.variant;
    form.elements.quote.value = quoteOf(passage);
    form.elements.occurrence.value = occurrenceOf(passage);
    box.open = true;
    selected = null;
    place();
    form.elements.words.focus();
    box.scrollIntoView({ block: "nearest" });
  }

  // A button beside what is selected; it is the next stop after the text for whoever selects by key

  const here = document.createElement("button");
  Object.assign(here, { type: "button", className: "button comment-here", textContent: "Comment", hidden: true });
  pane.after(here);
  let selected = null;
  function place() {
    const around = selected && selected.getBoundingClientRect(), frame = pane.getBoundingClientRect();
    here.hidden = !selected || around.bottom < Math.max(0, frame.top) || around.top > Math.min(innerHeight - 70, frame.bottom);
    if (here.hidden) return;
    const below = Math.min(around.bottom, frame.bottom - 60, innerHeight - 140) + 8;
    here.style.top = `${Math.max(8, below)}px`;
    here.style.left = `${Math.max(8, Math.min(around.left, innerWidth - 140))}px`;
  }

  document.addEventListener("selectionchange", () => {
    if (document.activeElement === here) return;
    const selection = getSelection(), range = selection.rangeCount ? selection.getRangeAt(0) : null;
    const inText = range && !range.collapsed && pane.contains(range.commonAncestorContainer) && passageOf(range);
    selected = inText ? range.cloneRange() : null;
    place();
  });
  for (const scrolled of [document, pane]) scrolled.addEventListener("scroll", place, { passive: true });
  here.addEventListener("pointerdown", (event) => event.preventDefault());
  here.addEventListener("click", () => begin(selected));

  KEYS.c = () => begin(selected || ranges.get(current()));
  for (const link of document.querySelectorAll("[data-comment]")) {
    link.addEventListener("click", (event) => {
      const range = ranges.get(link.closest("details.claim"));
      if (!range) return;
      event.preventDefault();
      begin(range);
    });
  }
}
