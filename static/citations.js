// A citation opens its reference under the paragraph it stands in; without this script its link leads to the list.
(() => {
  const nearest = "p, li, h2, h3, h4, td, th, blockquote, pre";

  const opened = (link, reference) => {
    const box = document.createElement("div");
    box.className = "cited";
    box.append(...[...reference.querySelectorAll(":scope > p")].map((p) => p.cloneNode(true)));
    box.querySelectorAll(".places").forEach((places) => places.remove());
    const actions = document.createElement("p");
    const close = document.createElement("button");
    const whole = document.createElement("a");
    actions.className = "actions";
    close.type = "button";
    close.className = "button link";
    close.textContent = "Close";
    close.addEventListener("click", () => shut(link));
    whole.href = link.hash;
    whole.textContent = "Go to the list of references";
    actions.append(close, whole);
    box.append(actions);
    box.setAttribute("role", "note");
    box.setAttribute("aria-label", `Source ${link.textContent}`);
    return box;
  };

  const boxes = new Map();

  const shut = (link) => {
    boxes.get(link)?.remove();
    boxes.delete(link);
    link.setAttribute("aria-expanded", "false");
    link.focus({ preventScroll: true });
  };

  document.querySelectorAll('a[role="doc-noteref"]').forEach((link) => {
    const reference = document.getElementById(link.hash.slice(1));
    const block = link.closest(nearest);
    if (!reference || !block) return;
    link.setAttribute("aria-expanded", "false");
    link.addEventListener("click", (event) => {
      event.preventDefault();
      if (boxes.has(link)) return shut(link);
      boxes.set(link, opened(link, reference));
      block.matches("td, th, li") ? block.append(boxes.get(link)) : block.after(boxes.get(link));
      link.setAttribute("aria-expanded", "true");
    });
  });

  addEventListener("keydown", (event) => {
    if (event.key === "Escape" && boxes.size) shut([...boxes.keys()].pop());
  });
})();
