// Progressive enhancement only: every page works without this file.
(() => {
  const on = (type, listener) => document.addEventListener(type, listener);

  // Copy to the clipboard, announced politely. Words come from the page: data-copied.
  const announcer = Object.assign(document.createElement("div"), { className: "vh" });
  announcer.setAttribute("role", "status");
  document.body.append(announcer);
  on("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    const source = document.getElementById(button.dataset.copy);
    const label = button.querySelector("span");
    const before = label.textContent;
    try {
      await navigator.clipboard.writeText(source.value ?? source.textContent.trim());
    } catch {
      source.select?.();
      return;
    }
    label.textContent = announcer.textContent = button.dataset.copied;
    setTimeout(() => { label.textContent = before; announcer.textContent = ""; }, 1600);
  });

  // Of tabs that do not all fit, the current one is in view.
  for (const tab of document.querySelectorAll(".tabs [aria-current]")) {
    const bar = tab.closest(".tabs");
    const beyond = tab.getBoundingClientRect().right - bar.getBoundingClientRect().right;
    if (beyond > 0) bar.scrollLeft += beyond;
  }

  // A changed form turns its Save primary, and leaving the page asks first.
  const dirty = new Set();
  on("input", ({ target: { form } }) => {
    if (form?.method !== "post" || !form.querySelector(".save")) return;
    form.dataset.dirty = "";
    dirty.add(form);
  });
  // A second press of a form that is on its way goes nowhere; one that brings a file leaves the page.
  on("submit", (event) => {
    const { target } = event;
    dirty.delete(target);
    if (target.method !== "post" || "file" in target.dataset) return;
    if ("sent" in target.dataset) event.preventDefault();
    target.dataset.sent = "";
    target.querySelector(".save")?.setAttribute("aria-disabled", "true");
  });
  addEventListener("beforeunload", (event) => { if (dirty.size) event.preventDefault(); });
  addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
    for (const button of document.querySelectorAll(".save[aria-disabled]")) button.removeAttribute("aria-disabled");
  });

  // The error summary takes focus; its links focus the field they name.
  const summary = document.querySelector(".sum");
  if (summary && !location.hash) summary.focus({ preventScroll: true });
  on("click", (event) => {
    const link = event.target.closest(".sum a");
    const field = link && document.getElementById(link.hash.slice(1));
    if (!field) return;
    event.preventDefault();
    field.focus();
    field.scrollIntoView({ block: "center" });
  });

  // Type the name to confirm: the red button waits for the match. The server checks it again.
  const plain = (text) => text.normalize("NFKC").replace(/\s+/g, " ").trim().toLowerCase();
  const wait = (input) => {
    input.form.querySelector(".danger").disabled = plain(input.value) !== plain(input.dataset.confirm);
  };
  for (const input of document.querySelectorAll("input[data-confirm]")) wait(input);
  on("input", ({ target }) => { if (target.dataset.confirm) wait(target); });

  // One open menu at a time; Escape and a click outside close it.
  const menus = () => document.querySelectorAll("details.menu[open]");
  on("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of menus()) { menu.open = false; menu.querySelector("summary").focus(); }
  });
  on("click", (event) => {
    for (const menu of menus()) if (!menu.contains(event.target)) menu.open = false;
  });

  // A part that changes by itself is asked for again: data-again (seconds), data-from. 204: nothing
  // new yet. The focus stays on the same link or button.
  const follow = (part) => part?.dataset.again && setTimeout(async () => {
    const answer = document.hidden ? null
      : await fetch(part.dataset.from, { headers: { "X-Part": "true" } }).catch(() => null);
    if (answer?.redirected) return; // signed out
    if (!answer?.ok || answer.status === 204) return follow(part);
    const next = new DOMParser().parseFromString(await answer.text(), "text/html").body.firstElementChild;
    const place = [...part.querySelectorAll("a, button, [tabindex]")].indexOf(document.activeElement);
    part.replaceWith(next);
    if (place >= 0) next.querySelectorAll("a, button, [tabindex]")[place]?.focus();
    follow(next);
  }, part.dataset.again * 1000);
  document.querySelectorAll("[data-again]").forEach(follow);
})();
