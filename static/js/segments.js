// Counts message parts while typing; hub/lib/segments.py is the source, tests hold both to the
// same vectors. <textarea data-sms="ID of the output"> and, on the output, data-one and data-many:
// "{parts} segment, {left} characters left". A "{message}" in a template stands for no text.
(() => {
  const basic = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
    + "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
  const extended = "\f^{}\\[~]|€";

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
    const characters = [...text];
    if (characters.every((c) => basic.includes(c) || extended.includes(c))) {
      return { encoding: "GSM-7", ...chain(characters.map((c) => (extended.includes(c) ? 2 : 1)), 160, 153) };
    }
    return { encoding: "UCS-2", ...chain(characters.map((c) => c.length), 70, 67) };
  };

  const language = document.documentElement.lang;
  document.addEventListener("input", ({ target }) => {
    const output = target.dataset.sms && document.getElementById(target.dataset.sms);
    if (!output) return;
    const { encoding, parts, left } = count(target.value.replace("{message}", ""));
    const words = { encoding, parts: parts.toLocaleString(language), left: left.toLocaleString(language) };
    const sentence = parts === 1 ? output.dataset.one : output.dataset.many;
    output.textContent = sentence.replace(/\{(\w+)\}/g, (_, name) => words[name]);
  });
  globalThis.hubSegments = count;
})();
