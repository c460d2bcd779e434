"use strict";
(() => {
  const at = (id) => document.getElementById(id);
  const cards = [...document.querySelectorAll(".card")].map((element) => ({
    element,
    strategy: element.dataset.strategy,
    labels: new Set(JSON.parse(element.dataset.labels)),
    text: element.dataset.search.toLowerCase(),
    troubled: element.dataset.troubled === "yes",
  }));
  const [search, strategy, label, troubled] = ["search", "strategy", "label", "troubled"].map(at);
  const filter = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const card of cards) {
      const fits =
        (!strategy.value || card.strategy === strategy.value) &&
        (!label.value || card.labels.has(label.value)) &&
        (!troubled.checked || card.troubled) &&
        words.every((word) => card.text.includes(word));
      card.element.hidden = !fits;
      shown += fits;
    }
    at("shown").value = `${shown} of ${cards.length} shown`;
    at("none").hidden = shown > 0 || cards.length === 0;
  };
  const form = at("filters");
  form.hidden = cards.length < 2;
  form.addEventListener("input", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
  search.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      search.value = "";
      filter();
    }
  });
  // A link to a line leads into a folded source: open it, and the browser scrolls there.
  const reveal = () => {
    const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const folded = target && target.closest("details");
    if (folded && !folded.open) {
      folded.open = true;
      target.scrollIntoView();
    }
  };
  addEventListener("hashchange", reveal);
  filter();
  reveal();
})();
