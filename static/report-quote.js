// Whoever selects words of the article finds them in the report form: nothing is sent by that.
const field = document.getElementById("wrong-here");
const article = document.querySelector("article.reading");

if (field && article) {
  document.addEventListener("selectionchange", () => {
    const selection = document.getSelection();
    const words = selection.toString().replace(/\s+/g, " ").trim();
    const isOurs = selection.anchorNode && article.contains(selection.anchorNode);
    if (words && isOurs && field.value === (field.dataset.selected ?? "")) {
      field.value = field.dataset.selected = words.slice(0, field.maxLength);
    }
  });
}
