"use strict";
// Typing [@ offers the sources of this article; arrows choose, Enter or Tab writes the key, Escape closes.
for (const field of document.querySelectorAll("form[data-sources] textarea[data-cites]")) {
  const sources = [...document.getElementById(field.form.dataset.sources).options].map((each) => [each.value, each.label]);
  const BEGUN = /(?:\[|;)\s*@([\p{L}\p{N}:._/-]*)$/u, MOST = 8;
  const list = document.createElement("ul"), told = document.createElement("p");
  Object.assign(list, { id: `${field.id}_sources`, className: "picker", hidden: true });
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Sources to cite");
  told.className = "for-ears";
  told.setAttribute("role", "status");
  field.after(list, told);
  field.setAttribute("aria-autocomplete", "list");
  let chosen = 0;

  const begun = () => field.selectionStart === field.selectionEnd && BEGUN.exec(field.value.slice(0, field.selectionStart).slice(-90));

  function close() {
    list.hidden = true;
    field.removeAttribute("aria-activedescendant");
    field.removeAttribute("aria-controls");
  }

  function show() {
    const found = begun();
    if (!found) return close();
    const asked = found[1].toLocaleLowerCase();
    const fitting = sources.filter((each) => each.join(" ").toLocaleLowerCase().includes(asked)).slice(0, MOST);
    chosen = 0;
    list.replaceChildren(...fitting.map(([key, label], index) => option(key, label, index)));
    if (!fitting.length) { close(); told.textContent = "No source of this article fits."; return; }
    list.hidden = false;
    field.setAttribute("aria-controls", list.id);
    told.textContent = `${fitting.length} source${fitting.length === 1 ? "" : "s"}. Arrows choose, Enter writes the key.`;
    place();
    mark();
  }

  function option(key, label, index) {
    const item = document.createElement("li"), name = document.createElement("b");
    item.id = `${list.id}_${index}`;
    item.setAttribute("role", "option");
    name.textContent = key;
    item.append(name, " ", label);
    item.addEventListener("mousedown", (event) => { event.preventDefault(); chosen = index; write(); });
    return item;
  }

  function mark() {
    [...list.children].forEach((item, index) => item.setAttribute("aria-selected", String(index === chosen)));
    field.setAttribute("aria-activedescendant", list.children[chosen].id);
    list.children[chosen].scrollIntoView({ block: "nearest" });
  }

  // Under the line being written: measured in a copy of the field that nobody sees.
  function place() {
    const copy = document.createElement("div"), mine = getComputedStyle(field), end = document.createElement("span");
    for (const name of ["font", "padding", "border", "boxSizing", "lineHeight", "letterSpacing"]) copy.style[name] = mine[name];
    Object.assign(copy.style, { position: "absolute", visibility: "hidden", whiteSpace: "pre-wrap", overflowWrap: "break-word", width: `${field.clientWidth}px` });
    copy.textContent = field.value.slice(0, field.selectionStart);
    end.textContent = "x";
    copy.append(end);
    field.parentElement.append(copy);
    const below = end.offsetTop + end.offsetHeight - field.scrollTop;
    copy.remove();
    list.style.top = `${field.offsetTop + Math.min(Math.max(below, 0), field.clientHeight) + 4}px`;
  }

  function write() {
    const key = list.children[chosen].querySelector("b").textContent, at = field.selectionStart, found = begun();
    const start = at - found[1].length, isClosed = /^[^[\n]{0,80}\]/.test(field.value.slice(at));
    field.setRangeText(key + (isClosed ? "" : "]"), start, at, "end");
    close();
    told.textContent = `Cites ${key}.`;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    close();
  }

  field.addEventListener("input", show);
  field.addEventListener("blur", close);
  field.addEventListener("click", () => { if (!list.hidden) show(); });
  field.addEventListener("keydown", (event) => {
    if (list.hidden || event.isComposing) return;
    const moves = { ArrowDown: 1, ArrowUp: -1 };
    if (event.key in moves) chosen = (chosen + moves[event.key] + list.children.length) % list.children.length;
    else if (event.key === "Enter" || event.key === "Tab") write();
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
    if (!list.hidden) mark();
  });
}
