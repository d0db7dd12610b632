// A long select gets a search field above it: <select data-filter="its label">. Without this file
// the select is complete and works as any.
(() => {
  const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replace(/[_/]/g, " ");
  for (const select of document.querySelectorAll("select[data-filter]")) {
    const groups = [...select.querySelectorAll("optgroup")].map((group) => ({
      group,
      options: [...group.children].map((option) => ({ option, words: plain(`${option.text} ${option.value} ${group.label}`) })),
    }));
    const search = Object.assign(document.createElement("input"), { type: "search", autocomplete: "off" });
    search.placeholder = search.ariaLabel = select.dataset.filter;
    select.before(search);
    search.addEventListener("input", (event) => {
      event.stopPropagation();
      const asked = plain(search.value).split(" ").filter(Boolean);
      const chosen = select.selectedOptions[0];
      let found = 0;
      for (const { group, options } of groups) {
        const kept = options.filter(({ option, words }) => option === chosen || asked.every((word) => words.includes(word)));
        group.replaceChildren(...kept.map(({ option }) => option));
        group.hidden = !kept.length;
        found += kept.length;
      }
      select.style.backgroundImage = asked.length ? "none" : "";
      select.size = asked.length ? Math.min(Math.max(found + groups.length, 4), 8) : 0;
    });
    search.addEventListener("keydown", (event) => {
      if (event.key !== "ArrowDown" && event.key !== "Enter") return;
      event.preventDefault();
      select.focus();
    });
  }
})();
