"use strict";
// Words being typed are kept apart from the text until their author saves them: on this device at once, on the server
// every few seconds. Nothing here touches what is stored, and without this script the form works the same.
for (const form of document.querySelectorAll("form[data-words]")) {
  const told = document.createElement("p");
  told.className = "quiet-text kept-words";
  told.setAttribute("role", "status");
  form.querySelector(".actions").after(told);  // what comes and goes must not move a button under a finger

  const shelf = `words:${form.dataset.person}:${form.dataset.text}:`;
  const PAUSE = 2500, LONGEST_WAIT = 60000;
  const fresh = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
  let tab = form.elements.tab.value || fresh();
  let typed = 0, sent = 0, isKeptHere = true, wait = 0, timer = null, isSending = false;
  form.elements.tab.value = tab;

  function said() {
    const given = new FormData(form);
    given.delete("then");
    given.set("tab", tab);
    given.set("person", form.dataset.person);
    given.set("step", String(Date.now()));
    return given;
  }

  function tell(words, link) {
    const line = link ? [words, " ", link] : [words];
    if (told.textContent !== line.map((each) => each.textContent ?? each).join("")) told.replaceChildren(...line);
  }

  function linked(words, address) {
    const link = document.createElement("a");
    Object.assign(link, { textContent: words, href: address, target: "_blank" });
    return link;
  }

  function keepHere() {
    const words = Object.fromEntries([...said()].filter(([name]) => name !== "csrfmiddlewaretoken"));
    try {
      localStorage.setItem(shelf + tab, JSON.stringify(words));
      isKeptHere = true;
    } catch {
      isKeptHere = false;
    }
  }

  function forgetHere(which) {
    try { localStorage.removeItem(shelf + which); } catch { /* nothing could be kept here either */ }
  }

  const here = () => isKeptHere ? "Your words are kept on this device" : "Your words are only in this page: copy them to a safe place. They could not be kept";

  async function ask(body) {
    const answer = await fetch(form.dataset.words, { method: body ? "POST" : "GET", body, redirect: "manual" });
    const found = answer.headers.get("content-type")?.includes("json") ? await answer.json() : {};
    if (found.token) form.elements.csrfmiddlewaretoken.value = found.token;
    return { ...found, status: answer.status };
  }

  // The token of a form dies with its session: asked for anew, it is good for the next one.
  async function send(words) {
    words.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    const first = await ask(words);
    if (first.status !== 403) return first;
    const renewed = await ask();
    if (renewed.status !== 200) return renewed;
    words.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    return ask(words);
  }

  async function sendTyped() {
    if (isSending || typed === sent) return;
    isSending = true;
    const upTo = typed, from = tab;
    try {
      heard(await send(said()), upTo, from);
    } catch {
      later();
      tell(`No connection. ${here()} and sent when there is one again.`);
    }
    isSending = false;
    if (typed !== sent && !timer) plan(wait || PAUSE);
  }

  function heard(answer, upTo, from) {
    if (answer.status === 200 && answer.is_settled) {
      if (from === tab) { tab = fresh(); form.elements.tab.value = tab; }
      return;
    }
    if (answer.status === 200) {
      [sent, wait] = [upTo, 0];
      if (typed === sent && from === tab) forgetHere(tab);
      const edition = Number(form.elements.edition.value || 0);
      if (answer.edition > edition) {
        tell(`${answer.saved_by || "Somebody"} saved this article at ${answer.saved_at}. Your words are kept apart from it; when you save, you are shown both.`, linked("Compare now (opens a new tab)", answer.look));
      } else tell(`Kept at ${answer.kept_at}, not saved yet.`);
      return;
    }
    later();
    if (answer.status === 401) tell(`You are not signed in any more. ${here()}.`, linked("Sign in (opens a new tab)", `${answer.sign_in}?next=/desk/`));
    else if (answer.refusal) tell(answer.refusal);
    else if (answer.status === 404) tell(`This text is not open to you any more. ${here()}; copy what you need.`);
    else tell(`The server did not take them just now. ${here()} and sent again soon.`);
  }

  const later = () => { wait = Math.min(wait ? wait * 2 : 5000, LONGEST_WAIT); };
  function plan(pause) {
    clearTimeout(timer);
    timer = setTimeout(() => { timer = null; sendTyped(); }, pause);
  }
  const soon = () => { if (typed !== sent) { wait = 0; plan(50); } };

  function changed() {
    typed += 1;
    keepHere();
    if (!timer) plan(wait || PAUSE);
  }

  form.addEventListener("input", changed);
  form.addEventListener("change", (event) => { if (event.target.matches("select, [type=radio]")) changed(); });
  window.addEventListener("online", soon);
  window.addEventListener("focus", soon);
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") soon(); });
  form.addEventListener("submit", () => {
    keepHere();
    // The form goes off with its tab; what is typed while it travels belongs to another.
    setTimeout(() => { tab = fresh(); sent = typed; clearTimeout(timer); timer = null; });
  });
  window.addEventListener("pagehide", () => {
    if (typed === sent) return;
    keepHere();
    navigator.sendBeacon?.(form.dataset.words, said());
  });
  document.addEventListener("words-forgotten", () => { sent = typed; clearTimeout(timer); });
  window.addEventListener("pageshow", (event) => { if (event.persisted) form.elements.tab.value = tab = fresh(); });
  window.addEventListener("beforeunload", (leaving) => { if (typed !== sent && !isKeptHere) leaving.preventDefault(); });

  // What an earlier page could only keep on this device: handed over now, and offered.
  async function handOver() {
    let names = [];
    try { names = Object.keys(localStorage).filter((name) => name.startsWith(shelf) && name !== shelf + tab); } catch { return; }
    for (const name of names) {
      const words = new FormData();
      for (const [field, value] of Object.entries(JSON.parse(localStorage.getItem(name)))) words.set(field, value);
      const isShown = [...new FormData(form)].every(([field, value]) => ["csrfmiddlewaretoken", "tab", "taken", "edition"].includes(field) || words.get(field)?.trim() === value.replaceAll("\r\n", "\n").trim());
      const answer = await send(words);
      if (answer.status !== 200) continue;
      localStorage.removeItem(name);
      if (!answer.is_settled && !isShown) offer(answer);
    }
  }

  function offer(answer) {
    const box = document.createElement("section"), line = document.createElement("p"), link = document.createElement("a");
    box.className = "told";
    box.dataset.state = "overdue";
    Object.assign(link, { href: answer.look, textContent: "Look at them" });
    line.append("Words typed here were kept on this device and never saved. ", link);
    box.append(line);
    box.setAttribute("role", "status");
    form.before(box);
  }

  handOver().catch(() => {});
  if (form.hasAttribute("data-unsaved")) changed();
}
