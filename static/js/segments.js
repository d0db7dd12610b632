// Counts message parts while typing; hub/lib/segments.py and messaging/merge.py are the source, and
// tests hold both to the same vectors. <textarea data-sms="ID of the output"> and, on the output,
// data-one and data-many ("{parts} segment, {left} characters left"), data-sample (what merge
// fields become) and data-names (words for invisible characters). Beside it, when the page has
// them: ID-shown (the text as it is read), ID-dear (shown when Unicode is forced) with ID-list (by
// what) and ID-offer (shown when something can be replaced), in it a button with data-plain="ID of
// the textarea".
(() => {
  const basic = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
    + "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
  const extended = "\f^{}\\[~]|€";
  const plainChar = (c) => basic.includes(c) || extended.includes(c);
  const foreign = (text) => [...new Set([...text].filter((c) => !plainChar(c)))];

  // Units per part: 160 septets or 70 code units alone, 153 or 67 in a chain (3GPP TS 23.040).
  const chain = (sizes, alone, each) => {
    const units = sizes.reduce((sum, size) => sum + size, 0);
    if (units <= alone) return { units, parts: 1, left: alone - units };
    let parts = 1, used = 0;
    for (const size of sizes) {
      if (used + size > each) { parts += 1; used = 0; }
      used += size;
    }
    return { units, parts, left: each - used };
  };
  const count = (text) => {
    const characters = [...text], forcing = foreign(text);
    if (!forcing.length) {
      return { encoding: "GSM-7", ...chain(characters.map((c) => (extended.includes(c) ? 2 : 1)), 160, 153), forcing };
    }
    return { encoding: "UCS-2", ...chain(characters.map((c) => c.length), 70, 67), forcing };
  };

  const typed = new Map();
  for (const [sources, spelling] of [
    ["‘’‚‛′ʼ`´", "'"], ["“”„‟″«»", '"'], ["‐‑‒–—―−•·‣", "-"],
    ["\t\u00a0\u2002\u2003\u2007\u2008\u2009\u200a\u202f\u205f\u3000", " "],
    ["\u00ad\u200b\u200e\u200f\u2060\ufeff", ""], ["‹", "<"], ["›", ">"], ["\u2028\u2029\x85", "\n"],
    ["…", "..."], ["œ", "oe"], ["Œ", "OE"], ["×", "x"], ["÷⁄", "/"], ["©", "(c)"], ["®", "(R)"],
    ["ł", "l"], ["Ł", "L"], ["đð", "d"], ["Đ", "D"], ["þ", "th"], ["ı", "i"], ["ẞ", "SS"], ["¦", "|"],
    ["°", "o"], ["¢", "c"],
  ]) for (const source of sources) typed.set(source, spelling);
  const spell = (source) => {
    if (typed.has(source)) return typed.get(source);
    const bare = [...source.normalize("NFKD")].filter((c) => !/(?!\u034f)\p{M}/u.test(c));
    const candidates = [source, bare.map((c) => typed.get(c) ?? c).join("")];
    return candidates.find((one) => one && !foreign(one).length);
  };
  // Source to plain spelling, a letter with its loose marks before single characters.
  const replacements = (text) => {
    const found = new Map();
    const combined = text.match(/[^\u0300-\u036f][\u0300-\u036f]+/gu) ?? [];
    for (const source of [...combined, ...foreign(text)]) {
      const spelling = spell(combined.includes(source) ? source.normalize("NFC") : source);
      if (spelling !== undefined) found.set(source, spelling);
    }
    return found;
  };
  const plain = (text) => [...replacements(text)].reduce((left, [source, spelling]) => left.replaceAll(source, spelling), text);

  // The text with its fields filled, or null when it cannot be read.
  const doubled = /\{\{ *([a-z_]+) *(?:\|[^{}|]*)?\}\}/y;
  const merge = (text, values) => {
    let bad = false;
    const has = (name) => Object.hasOwn(values, name);
    const filled = text.replace(/\{\{|\{[^{}]*\}|\{/g, (token, at) => {
      if (token === "{{") {
        doubled.lastIndex = at;
        bad ||= has(doubled.exec(text)?.[1]);
        return "{";
      }
      const [, name, fallback] = token.match(/^\{([a-z_]+)(?:\|([^{}|]*))?\}$/) ?? [];
      if (!name || !has(name)) { bad = true; return ""; }
      const value = values[name] ?? "";
      if (value.trim()) return value;
      bad ||= fallback === undefined;
      return fallback;
    });
    return bad ? null : filled;
  };

  const language = document.documentElement.lang;
  const tell = (textarea, output) => {
    const text = textarea.value, { sample, names = "{}", one, many } = output.dataset;
    const shown = sample ? merge(text, JSON.parse(sample)) ?? text : text.replace("{message}", "");
    const { encoding, parts, left } = count(shown);
    const words = { encoding, parts: parts.toLocaleString(language), left: left.toLocaleString(language) };
    output.textContent = (parts === 1 ? one : many).replace(/\{(\w+)\}/g, (_, name) => words[name]);
    const part = (name) => document.getElementById(`${output.id}-${name}`);
    if (part("shown")) part("shown").textContent = shown.trim() || "…";
    if (!part("dear")) return;
    const known = JSON.parse(names), found = replacements(text);
    const named = (c) => known[c] ?? ([...c].length === 1 && /[\p{Z}\p{C}\p{M}]/u.test(c)
      ? `U+${c.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}` : c);
    const dear = [...found].map(([source, spelling]) => `${named(source)}\u00a0→\u00a0${named(spelling)}`)
      .concat(foreign(plain(text)).map(named));
    part("dear").hidden = !dear.length;
    part("list").textContent = dear.join(" · ");
    part("offer").hidden = !found.size;
  };
  document.addEventListener("input", ({ target }) => {
    const output = target.dataset.sms && document.getElementById(target.dataset.sms);
    if (output) tell(target, output);
  });
  // What the browser itself put back, after a reload or on the way back.
  addEventListener("pageshow", () => document.querySelectorAll("[data-sms]").forEach((one) => {
    if (one.value !== one.defaultValue) one.dispatchEvent(new Event("input", { bubbles: true }));
  }));
  document.addEventListener("click", (event) => {
    const id = event.target.closest("[data-plain]")?.dataset.plain;
    const textarea = id && document.getElementById(id);
    if (!textarea) return;
    event.preventDefault();
    textarea.value = plain(textarea.value);
    textarea.dispatchEvent(new Event("input", { bubbles: true }));
    textarea.focus();
  });
  globalThis.hubSegments = { count, replacements: (text) => [...replacements(text)], plain, merge };
})();
