"use strict";
// While one writes: the page as readers would see it, what the checks say, outline and counts; all made by the server.
for (const form of document.querySelectorAll("form[data-live]")) {
  const places = [...document.querySelectorAll("[data-live-part]")], told = document.getElementById("live-told");
  const PAUSE = 1200;
  let timer = null, isAsking = false, isStale = false;

  async function look() {
    if (isAsking) { isStale = true; return; }
    [isAsking, isStale] = [true, false];
    try {
      const given = new FormData(form);
      const answer = await fetch(form.dataset.live, { method: "POST", body: given, redirect: "manual" });
      if (answer.status === 200) put(new DOMParser().parseFromString(await answer.text(), "text/html"));
      else told.textContent = "What you see here is not of this moment: the server did not answer. Your words are not touched.";
    } catch {
      told.textContent = "No connection: what you see here is not of this moment.";
    }
    isAsking = false;
    if (isStale) plan();
  }

  function put(page) {
    for (const place of places) {
      const made = page.querySelector(`[data-part="${place.dataset.livePart}"]`);
      if (!made) continue;
      const open = [...place.querySelectorAll("details")].map((each) => each.open);
      // Its parts are landmarks to a reader; here they would hide among the editor's own.
      for (const part of made.querySelectorAll("[aria-labelledby]")) part.removeAttribute("aria-labelledby");
      place.replaceChildren(...made.childNodes);
      place.querySelectorAll("details").forEach((each, index) => { each.open = open[index] ?? each.open; });
      place.closest("[hidden]")?.removeAttribute("hidden");
    }
    told.textContent = "";
  }

  function plan() {
    clearTimeout(timer);
    timer = setTimeout(look, PAUSE);
  }

  // To the words in question: found by themselves, since what stands before them may have grown.
  function show(button) {
    const field = form.elements[button.dataset.field], words = button.dataset.words, near = Number(button.dataset.start);
    if (!field) return;
    const found = field.value.indexOf(words, Math.max(0, near - 20)), start = found < 0 ? field.value.indexOf(words) : found;
    field.focus();
    if (start < 0) return;
    field.setSelectionRange(start, start + words.length);
    const lines = field.value.slice(0, start).length / Math.max(1, field.value.length);
    field.scrollTop = lines * field.scrollHeight - field.clientHeight / 3;
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-words]");
    if (button) show(button);
  });
  form.addEventListener("input", plan);
  // An empty page shows nothing; what comes back with a refusal, or from an outline, is looked at at once.
  if (["title", "short_answer", "body", "plain_body"].some((name) => form.elements[name].value.trim())) look();
}
