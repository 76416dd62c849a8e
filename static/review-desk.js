"use strict";
// The review desk: verdicts by key, every step saved as it is made, and nothing typed lost when the line or the session
// goes. Without this script each claim and the checklist have their own button, and everything else works the same.
document.documentElement.classList.add("scripted");

const desk = document.getElementById("desk");
const store = `desk:${desk.dataset.assignment}:${desk.dataset.digest}`;
const state = document.getElementById("save-state");
const claims = [...document.querySelectorAll("details.claim")];
const PATIENCE = 20000; // milliseconds that one save may take before it is tried again
const AGAIN = [2, 5, 10, 20, 30];  // seconds between tries
const PAUSE = 900;  // milliseconds after the last key of a note

// What is said about saving, for eyes and ears

function say(words, tone) {
  if (state.textContent !== words) state.textContent = words;
  if (tone) state.dataset.state = tone; else delete state.dataset.state;
}

// What was typed and not saved yet, kept in this browser

function kept() {
  try { return JSON.parse(localStorage.getItem(store) || "{}"); } catch { return {}; }
}

function keep(all) {
  try {
    if (Object.keys(all).length) localStorage.setItem(store, JSON.stringify(all)); else localStorage.removeItem(store);
  } catch { /* a browser that keeps nothing: the page itself still does */ }
}

function remember(part) {
  keep({ ...kept(), [part.name]: part.words() });
}

function forget(part) {
  const all = kept();
  delete all[part.name];
  keep(all);
}

// One save after the other, so that the answer that comes last is the newest
let line = Promise.resolve();

function inLine(work) {
  const done = line.then(work);
  line = done.catch(() => {});
  return done;
}

// One part that is saved by itself: a claim's form, or an item of the checklist

class Part {
  constructor(name, element, fields, send) {
    Object.assign(this, { name, element, fields, send, timer: 0, tries: 0, sending: false, changed: false, unsaved: false });
    this.refusal = element.querySelector("[data-refusal]");
    element.addEventListener("input", (event) => this.touched(event.target.type === "radio" ? 300 : PAUSE));
  }

  words() {
    const said = {};
    for (const field of this.fields()) {
      if (field.type !== "radio") said[field.name] = field.value;
      else if (field.checked) said[field.name] = field.value;
    }
    return said;
  }

  // Words that were saved meanwhile, in another tab or on another machine, stay.
  putBack(said) {
    for (const field of this.fields()) {
      if (field.type === "radio") field.checked = said[field.name] ? said[field.name] === field.value : field.checked;
      else if (said[field.name] && !field.value.includes(said[field.name])) {
        field.value = field.value ? `${field.value}\n${said[field.name]}` : said[field.name];
      }
    }
  }

  touched(pause) {
    this.changed = this.unsaved = true;
    remember(this);
    this.refuse("");
    say("Not saved yet.", "concern");
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), pause);
  }

  refuse(words) {
    this.refusal.textContent = words;
    this.refusal.hidden = !words;
  }

  async save(act) {
    clearTimeout(this.timer);
    if (this.sending) { this.changed = true; return false; }
    const asked = this.send(act);
    if (!asked) return false;
    this.sending = true;
    this.changed = false;
    say("Saving …");
    let answer;
    try { answer = await inLine(() => this.post(asked)); } finally { this.sending = false; }
    if (this.changed && answer) this.timer = setTimeout(() => this.save(), 50);
    return answer;
  }

  async post(body) {
    body.set("csrfmiddlewaretoken", token());
    let response;
    try {
      response = await fetch(location.pathname, {
        method: "POST", body, headers: { Accept: "application/json" }, redirect: "manual", credentials: "same-origin",
        signal: AbortSignal.timeout(PATIENCE),
      });
    } catch {
      return this.later("Could not be saved: no connection. Trying again; what you typed is kept in this browser.");
    }
    if (response.type === "opaqueredirect") {
      return this.later("Could not be saved: you are signed out. Sign in again in another tab; it is kept here.");
    }
    if (response.status >= 500 || response.status === 429) {
      return this.later("Could not be saved, trying again. What you typed is kept in this browser.");
    }
    this.tries = 0;
    return this.answered(response);
  }

  later(words) {
    say(words, "rejected");
    this.timer = setTimeout(() => this.save(this.act), 1000 * AGAIN[Math.min(this.tries++, AGAIN.length - 1)]);
    return false;
  }

  async answered(response) {
    let told = {};
    try { told = await response.json(); } catch { /* an answer that is a page */ }
    if (!response.ok) {
      const words = told.refusal || "This could not be saved. Reload the page: what you typed is kept in this browser.";
      this.refuse(words);
      say("Not saved: see the form.", "rejected");
      return false;
    }
    if (!this.changed) { this.unsaved = false; forget(this); }
    progress(told);
    say(Object.keys(kept()).length ? "Saved. Something else is not saved yet." : "Saved.");
    return told;
  }
}

function token() {
  const cookie = document.cookie.split("; ").find((one) => one.startsWith("csrftoken="));
  return cookie ? cookie.slice(10) : document.querySelector("[name=csrfmiddlewaretoken]").value;
}

function progress(told) {
  document.querySelector("#progress a").textContent = told.progress;
  const missing = document.getElementById("missing");
  missing.hidden = !told.missing.length;
  missing.querySelector("ul").replaceChildren(...told.missing.map((one) => {
    const item = document.createElement("li"), link = document.createElement("a");
    link.href = `#${one.anchor}`;
    link.textContent = one.words;
    item.append(link);
    return item;
  }));
}

// Claims

const AGAINST = { not_supported: "rejected", contradicted: "rejected", wrong_population: "rejected" };

function formOf(claim) { return claim.querySelector("form"); }

function chosen(claim) { return formOf(claim).querySelector("[name=finding]:checked"); }

const parts = new Map();
for (const claim of claims) {
  const form = formOf(claim);
  const part = new Part(`claim-${claim.dataset.number}`, form, () => form.querySelectorAll("[name=finding], [name=place], [name=note]"), (act) => {
    part.act = act;
    const body = new FormData(form);
    body.set("act", act || "judge");
    if (act === "clear") return body;
    const finding = chosen(claim);
    if (!finding) { say("Not saved yet: choose a verdict.", "concern"); return null; }
    if (AGAINST[finding.value] && !form.elements.note.value.trim()) {
      say("Not saved yet: this verdict needs a note for the authors.", "concern");
      return null;
    }
    return body;
  });
  parts.set(claim, part);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const act = event.submitter && event.submitter.value === "clear" ? "clear" : undefined;
    const told = await part.save(act);
    if (!told && !act && chosen(claim) && AGAINST[chosen(claim).value]) form.elements.note.focus();
  });
  const save = part.save.bind(part);
  part.save = async (act) => {
    const told = await save(act);
    if (told && act === "clear") for (const choice of form.querySelectorAll(":checked")) choice.checked = false;
    if (told) judged(claim, told);
    return told;
  };
}

function judged(claim, told) {
  formOf(claim).elements.seen.value = told.seen;
  const finding = told.seen && chosen(claim), badge = claim.querySelector("[data-verdict]");
  const tone = finding ? AGAINST[finding.value] || (finding.value === "supported" ? "approved" : "overdue") : "draft";
  badge.textContent = finding ? finding.parentElement.querySelector("span").textContent : badge.dataset.openLabel;
  badge.dataset.state = claim.dataset.state = tone;
  claim.parentElement.toggleAttribute("data-to-do", !finding && badge.dataset.openLabel === "To do");
  claim.querySelector("[data-clear]").hidden = !finding;
  const history = claim.querySelector(".claim-history");
  if (history) history.remove();
  paint();
}

function current() { return claims.find((claim) => claim.open); }

function shown() { return claims.filter((claim) => !claim.parentElement.hidden); }

function go(claim) {
  if (!claim) return;
  claim.open = true;
  claim.querySelector("summary").focus({ preventScroll: true });
  const box = claim.getBoundingClientRect();
  if (box.top < 0 || box.bottom > innerHeight - 80) claim.scrollIntoView({ block: box.height < innerHeight - 160 ? "center" : "start" });
  find(claim, "nearest");
}

function step(by) {
  const among = shown(), at = among.indexOf(current());
  go(among[at < 0 ? 0 : at + by]);
}

function nextToDo() {
  const after = claims.slice(claims.indexOf(current()) + 1);
  const next = [...after, ...claims].find((claim) => claim.parentElement.hasAttribute("data-to-do") && claim !== current());
  if (next) go(next); else say("Every claim you are asked to judge has a verdict.");
}

async function verdict(number) {
  const claim = current();
  if (!claim) return;
  const choice = formOf(claim).querySelectorAll("[name=finding]")[number - 1];
  choice.checked = true;
  const part = parts.get(claim);
  part.touched(PAUSE);
  if (AGAINST[choice.value] && !formOf(claim).elements.note.value.trim()) {
    formOf(claim).elements.note.focus();
    say("Write a note for the authors: it is saved as you type.", "concern");
    return;
  }
  const saved = part.save();
  claim.parentElement.removeAttribute("data-to-do");
  if (on("go-on")) nextToDo();
  if (!await saved) claim.parentElement.setAttribute("data-to-do", "");
}

// Keys: only outside fields, never with a modifier, and they can be turned off

function on(id) { return document.getElementById(id).checked; }

for (const id of ["keys-on", "go-on"]) {
  const box = document.getElementById(id);
  if (!box) continue;
  try { box.checked = localStorage.getItem(`desk:${id}`) !== "off"; } catch { /* as it is */ }
  box.addEventListener("change", () => {
    try { localStorage.setItem(`desk:${id}`, box.checked ? "on" : "off"); } catch { /* for this page only */ }
  });
}

const KEYS = {
  j: () => step(1), ArrowRight: () => step(1), k: () => step(-1), ArrowLeft: () => step(-1), n: nextToDo,
  p: () => current() && formOf(current()).elements.place.focus(),
  o: () => current() && formOf(current()).elements.note.focus(),
  s: () => { const link = current() && current().querySelector(".claim-source a"); if (link) link.click(); },
  t: () => current() && find(current(), "center"),
  "?": () => { const list = document.querySelector(".keys"); list.open = !list.open; list.querySelector("summary").focus(); },
};

document.addEventListener("keydown", (event) => {
  const field = event.target.closest("input:not([type=radio], [type=checkbox]), textarea, select");
  if (event.key === "Escape" && field && field.closest("details.claim")) {
    field.closest("details.claim").querySelector("summary").focus();
    return;
  }
  if (field || !claims.length || !on("keys-on") || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.type === "radio" && event.key.startsWith("Arrow")) return;
  if (event.target.closest(".text-pane") && event.key.startsWith("Arrow")) return;
  const act = /^[1-6]$/.test(event.key) ? () => verdict(Number(event.key)) : KEYS[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});

for (const claim of claims) {
  claim.addEventListener("toggle", () => { if (claim.open) { for (const other of claims) if (other !== claim) other.open = false; paint(); } });
}

// Filters

for (const link of document.querySelectorAll("[data-show]")) {
  link.addEventListener("click", (event) => {
    event.preventDefault();
    const wanted = link.dataset.show;
    for (const claim of claims) {
      claim.parentElement.hidden = Boolean(wanted) && !claim.parentElement.hasAttribute(`data-${wanted}`);
    }
    for (const other of document.querySelectorAll(".claim-filter [data-show]")) {
      if (other.dataset.show === wanted) other.setAttribute("aria-current", "true"); else other.removeAttribute("aria-current");
    }
    hideEmpty();
    say(`${shown().length} of ${claims.length} claims shown.`);
  });
}

function hideEmpty() {
  for (const heading of document.querySelectorAll(".variant")) {
    let row = heading.nextElementSibling;
    while (row && row.hidden) row = row.nextElementSibling;
    heading.hidden = !row || row.classList.contains("variant");
  }
  const nothing = document.getElementById("nothing-shown");
  if (nothing) nothing.hidden = shown().length > 0;
}
hideEmpty();

// The checklist, item by item

const checklist = document.getElementById("checklist-form");
for (const item of checklist?.querySelectorAll("[data-item]") ?? []) {
  const name = item.dataset.item;
  const fields = () => item.querySelectorAll("input, textarea");
  const part = new Part(`check-${name}`, item, fields, () => {
    const said = part.words();
    if (!said[`answer-${name}`]) { say("Not saved yet: choose an answer.", "concern"); return null; }
    if (said[`answer-${name}`] === "no" && !said[`note-${name}`].trim()) {
      item.querySelector("textarea").focus();
      say("Not saved yet: a “no” needs a note.", "concern");
      return null;
    }
    const body = new FormData();
    body.set("act", "answer");
    body.set("digest", desk.dataset.digest);
    for (const [field, words] of Object.entries(said)) body.set(field, words);
    return body;
  });
  parts.set(item, part);
}
checklist?.addEventListener("submit", (event) => {
  event.preventDefault();
  for (const part of parts.values()) if (part.name.startsWith("check-") && part.unsaved) part.save();
  if (![...parts.values()].some((part) => part.unsaved)) say("Saved.");
});

// The words of the decision and of a comment are sent all at once; until then they are kept as well

for (const [name, selector] of [["decide", "#decision form"], ["unsafe", ".unsafe form"], ["comment", "#new-comment form"]]) {
  const form = document.querySelector(selector);
  if (!form) continue;
  const fields = [...form.querySelectorAll("textarea, select")];
  const part = {
    name,
    words: () => Object.fromEntries(fields.map((field) => [field.name, field.value])),
    putBack: (said) => {
      for (const field of fields) field.value = said[field.name] || field.value;
      if (form.closest("details")) form.closest("details").open = true;
    },
  };
  form.addEventListener("input", (event) => { if (fields.includes(event.target)) remember(part); });
  form.addEventListener("submit", () => forget(part));
  parts.set(form, part);
}

// What an earlier visit left unsaved is offered again

const left = kept();
for (const part of parts.values()) {
  const same = left[part.name] && JSON.stringify(left[part.name]) === JSON.stringify(part.words());
  if (same) { forget(part); delete left[part.name]; }
}
const unsent = document.getElementById("unsent");
unsent.hidden = !Object.keys(left).length;
document.getElementById("put-back").addEventListener("click", () => {
  for (const part of parts.values()) {
    if (!left[part.name]) continue;
    part.putBack(left[part.name]);
    if (part.touched) part.touched(PAUSE);
  }
  unsent.hidden = true;
});
document.getElementById("throw-away").addEventListener("click", () => { keep({}); unsent.hidden = true; });
window.addEventListener("beforeunload", (leaving) => {
  if ([...parts.values()].some((part) => part.unsaved)) leaving.preventDefault();
});
window.addEventListener("online", () => { for (const part of parts.values()) if (part.tries) part.save(part.act); });

// Where a claim stands in the text: letters and digits are compared, so that marks and spaces do not matter

const SIGNS = /[\p{L}\p{N}]/u;
const pane = document.getElementById("text");
const variants = { short_answer: "t-short", body: "t-body", plain_body: "t-plain" };
const indexes = {};

function indexOf(variant) {
  if (variant in indexes) return indexes[variant];
  const heading = document.getElementById(variants[variant]);
  const walker = document.createTreeWalker(heading.parentElement, NodeFilter.SHOW_TEXT, (node) =>
    node.parentElement.closest("sup, h3[id^=t-]") ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT);
  const index = { signs: "", places: [], from: 0 };
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    [...node.data].reduce((offset, sign) => {
      if (SIGNS.test(sign)) { index.signs += sign; for (let n = 0; n < sign.length; n++) index.places.push([node, offset + n]); }
      return offset + sign.length;
    }, 0);
  }
  indexes[variant] = index;
  return index;
}

const ranges = new Map();
for (const claim of claims) {
  const words = claim.querySelector(".claim-words").cloneNode(true);
  for (const citation of words.querySelectorAll("sup")) citation.remove();
  const signs = [...words.textContent].filter((sign) => SIGNS.test(sign)).join("");
  const index = indexOf(claim.dataset.variant);
  const at = signs ? index.signs.indexOf(signs, index.from) : -1;
  if (at < 0) continue;
  index.from = at + signs.length;
  const range = document.createRange(), [first, start] = index.places[at], [last, end] = index.places[index.from - 1];
  range.setStart(first, reach(first, start, -1));
  range.setEnd(last, reach(last, end, 1) + 1);
  ranges.set(claim, range);
  claim.querySelector("[data-find]").hidden = false;
  claim.querySelector("[data-find]").addEventListener("click", () => find(claim, "center"));
}

// Brackets, quotation marks and full stops belong to the sentence too.
function reach(node, offset, by) {
  while (node.data[offset + by] && !/\s/.test(node.data[offset + by]) && !SIGNS.test(node.data[offset + by])) offset += by;
  return offset;
}

function paint() {
  if (!window.CSS || !CSS.highlights) return;
  const open = current();
  CSS.highlights.set("claims", new Highlight(...[...ranges].filter(([claim]) => claim !== open).map(([, range]) => range)));
  CSS.highlights.set("this-claim", new Highlight(...(ranges.has(open) ? [ranges.get(open)] : [])));
}

function find(claim, block) {
  const range = ranges.get(claim);
  paint();
  if (!range) return;
  const own = getComputedStyle(pane).overflowY === "auto", box = range.getBoundingClientRect(), frame = pane.getBoundingClientRect();
  if (own && (box.top < frame.top + 40 || box.bottom > frame.bottom - 40)) pane.scrollTop += box.top - frame.top - frame.height / 3;
  if (!own && block === "center") window.scrollBy(0, box.top - innerHeight / 3);
}

pane.addEventListener("click", (event) => {
  const spot = document.caretPositionFromPoint
    ? document.caretPositionFromPoint(event.clientX, event.clientY)
    : null;
  if (!spot || event.target.closest("a") || !getSelection().isCollapsed) return;
  for (const [claim, range] of ranges) if (range.isPointInRange(spot.offsetNode, spot.offset)) { claim.parentElement.hidden = false; go(claim); }
});
paint();
if (current()) find(current(), "nearest");
