"use strict";
// Whoever signs out leaves no words on this device: others may use it. Words that are nowhere else are asked about first.
for (const form of document.querySelectorAll("form[data-leaves]")) {
  const QUESTION = "Words that you typed are kept on this device only and were never saved. If you sign out, they are deleted. Sign out?";

  function mine() {
    try {
      return Object.keys(localStorage).filter((name) => name.startsWith(`words:${form.dataset.leaves}:`));
    } catch {
      return [];
    }
  }

  form.addEventListener("submit", (event) => {
    const kept = mine();
    if (kept.length && !confirm(QUESTION)) event.preventDefault();
    else {
      document.dispatchEvent(new Event("words-forgotten"));
      kept.forEach((name) => localStorage.removeItem(name));
    }
  });
}
