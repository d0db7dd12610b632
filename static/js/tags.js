// A text with one word a line becomes tags. The text stays the form's field; without this file it
// is filled in as it is.
(() => {
  const status = Object.assign(document.createElement("div"), { className: "vh" });
  status.setAttribute("role", "status");
  document.body.append(status);

  const same = (word) => word.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

  const enhance = (text) => {
    const { id, dataset: says, form } = text;
    const list = Object.assign(document.createElement("ul"), { className: "tags" });
    const input = document.createElement("input");
    const entry = document.createElement("li");
    const words = () => text.value.split("\n").filter((word) => word.trim());
    const say = (sentence, word) => { status.textContent = sentence.replace("{word}", word); };

    const write = (next) => {
      text.value = next.join("\n");
      text.dispatchEvent(new Event("input", { bubbles: true }));
      draw();
    };
    const remove = (word) => {
      write(words().filter((one) => one !== word));
      say(says.removed, word);
      input.focus();
    };
    const add = () => {
      const found = words();
      for (const part of input.value.split(/[\n,;]/)) {
        const word = part.replace(/\s+/g, " ").trim().toUpperCase();
        if (!word) continue;
        const twice = found.some((one) => same(one) === same(word));
        if (!twice) found.push(word);
        say(twice ? says.twice : says.added, word);
      }
      input.value = "";
      write(found);
    };
    const tag = (word) => {
      const item = Object.assign(document.createElement("li"), { className: "bd tag" });
      const button = Object.assign(document.createElement("button"), { type: "button", textContent: "×" });
      button.setAttribute("aria-label", says.remove.replace("{word}", word));
      button.addEventListener("click", () => remove(word));
      item.append(word, button);
      return item;
    };
    // The box stays where it is, or it would lose the focus.
    const draw = () => {
      for (const old of list.querySelectorAll(".tag")) old.remove();
      entry.before(...words().map(tag));
    };

    input.type = "text";
    input.autocomplete = "off";
    input.spellcheck = false;
    input.placeholder = says.add;
    for (const name of ["aria-describedby", "aria-invalid"]) {
      if (text.hasAttribute(name)) input.setAttribute(name, text.getAttribute(name));
    }
    // The label, the hint and the error summary now lead to the box.
    text.id = `${id}_text`;
    text.hidden = true;
    input.id = id;
    input.addEventListener("keydown", (event) => {
      if ((event.key === "Enter" && input.value.trim()) || event.key === ",") {
        event.preventDefault();
        add();
      } else if (event.key === "Backspace" && !input.value && words().length) {
        event.preventDefault();
        remove(words().at(-1));
      }
    });
    input.addEventListener("change", () => { if (input.value.trim()) add(); });
    form.addEventListener("submit", () => { if (input.value.trim()) add(); });
    entry.append(input);
    list.append(entry);
    text.before(list);
    draw();
  };
  document.querySelectorAll("textarea[data-tags]").forEach(enhance);
})();
