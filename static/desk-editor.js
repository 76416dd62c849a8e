"use strict";
// Leaving a page with words that are not saved asks first. Without this script everything else works the same.
for (const form of document.querySelectorAll("form[data-keeps-words]")) {
  let unsaved = form.hasAttribute("data-unsaved");
  form.addEventListener("input", () => { unsaved = true; });
  form.addEventListener("submit", () => { unsaved = false; });
  window.addEventListener("beforeunload", (leaving) => { if (unsaved) leaving.preventDefault(); });
}
