"""A page with longer words, larger letters or forced colours, and what is then hard to read.

The scripts change the page they look at; `lengthen` comes last.
"""

from typing import Final

from playwright.sync_api import Page

# A word is 40 % longer and accented; what is code or someone's data stays as it is.
LENGTHEN: Final = r"""() => {
  const data = "script, style, code, pre, .mono, [dir=auto], .bubble, [lang]:not(html)";
  const accents = { a: "à", e: "é", i: "î", o: "ô", u: "û" };
  const longer = (text) => text.replace(/\p{L}{2,}/gu, (word) =>
    (word + word.slice(0, Math.ceil(word.length * .4)).toLowerCase())
      .replace(/[aeiou]/g, (letter) => accents[letter]));
  const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  let before = 0, after = 0;
  while (words.nextNode()) {
    const node = words.currentNode;
    if (node.parentElement.closest(data)) continue;
    before += node.data.trim().length;
    node.data = longer(node.data);
    after += node.data.trim().length;
  }
  for (const one of document.querySelectorAll("[placeholder]"))
    one.placeholder = longer(one.placeholder);
  for (const one of document.querySelectorAll("[data-l]")) one.dataset.l = longer(one.dataset.l);
  return after / before;
}"""
# The smallest letters are of 11 px: .786 of 14, which is 87.5 % of what the browser is set to.
ENLARGE: Final = "document.documentElement.style.fontSize = '175%'"
AS_BEFORE: Final = "document.documentElement.style.fontSize = ''"
SMALLEST: Final = 11
SMALL: Final = """(least) => [...document.body.querySelectorAll("*")].filter((one) =>
    !one.closest("svg, option, script, style") && parseFloat(getComputedStyle(one).fontSize) < least
    && (one.matches("input") || [...one.childNodes].some((node) => node.nodeType === 3)))
  .map((one) => `does not grow: ${one.outerHTML.slice(0, 120)}`)"""
CUTS: Final = """() => {
  const found = new Set();
  const say = (what, one) => found.add(`${what}: ${one.outerHTML.slice(0, 140)}`);
  const root = document.querySelector(":popover-open") ?? document.body;
  const all = [...root.querySelectorAll("*")].filter((one) =>
    !one.closest(".vh, .skip, svg, option")
    && one.checkVisibility({ visibilityProperty: true, opacityProperty: true }));
  const sideways = ".ts, .tabs, .code";
  scrollTo(0, 0);
  if (document.documentElement.scrollWidth > innerWidth)
    found.add(`${document.documentElement.scrollWidth} px wide on a screen of ${innerWidth}`);

  // What stands in a box, and a placeholder, is no larger than the box, unless one can scroll
  // there or it is said again in a title. What one types scrolls.
  for (const one of all) {
    if (!one.clientWidth || one.closest(`[title], ${sideways}`)) continue;
    if (one.matches("input") && one.value && one.inputMode !== "numeric") continue;
    if (one.matches("input")) one.value ||= one.placeholder;
    if (one.scrollWidth > one.clientWidth + 1) say("too narrow", one);
    if (one.scrollHeight > one.clientHeight + 1 && getComputedStyle(one).overflowY !== "auto")
      say("too low", one);
  }
  // A choice and a date are read whole, unless there is no more room on the page.
  for (const one of all.filter((one) => one.matches("select, [type=date]"))) {
    const copy = one.cloneNode();
    if (one.matches("select")) copy.add(new Option(one.selectedOptions[0]?.text));
    Object.assign(copy.style, { position: "absolute", inlineSize: "max-content" });
    one.after(copy);
    const wide = copy.offsetWidth;
    copy.remove();
    if (wide > one.offsetWidth + 1 && one.offsetWidth < .8 * one.form.clientWidth)
      say(`${wide} px in a field of ${one.offsetWidth}`, one);
  }
  // No text lies over other text or a field. Letters stand in the middle of their line.
  const boxes = [];
  const add = (one, { left, right, top, bottom }, spare) => {
    const up = one.parentElement.closest(`${sideways}, .side`);
    const room = up ? up.getBoundingClientRect()
      : { left: 0, right: Infinity, top: 0, bottom: Infinity };
    const box = {
      one, left: Math.max(left, room.left), right: Math.min(right, room.right),
      top: Math.max(top + spare, room.top), bottom: Math.min(bottom - spare, room.bottom),
    };
    if (box.left < box.right && box.top < box.bottom) boxes.push(box);
  };
  const text = document.createRange();
  for (const one of all) {
    if (one.matches("input, select, textarea")) add(one, one.getBoundingClientRect(), 0);
    for (const node of one.childNodes) {
      if (node.nodeType !== 3 || !node.data.trim()) continue;
      text.selectNodeContents(node);
      for (const line of text.getClientRects()) add(one, line, line.height * .2);
    }
  }
  boxes.sort((one, other) => one.top - other.top);
  boxes.forEach((box, at) => {
    for (let next = at + 1; boxes[next]?.top < box.bottom - 1; next++) {
      const other = boxes[next];
      if (other.one !== box.one
        && Math.min(box.right, other.right) - Math.max(box.left, other.left) > 1)
        say(`lies over ${other.one.outerHTML.slice(0, 80)}`, box.one);
    }
  });
  return [...found];
}"""
ALIKE: Final = """() => {
  const found = [];
  const say = (what, one) => found.push(`${what}: ${one.outerHTML.slice(0, 140)}`);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)]
    .filter((one) => one.checkVisibility({ visibilityProperty: true }));
  const canvas = getComputedStyle(document.body).backgroundColor;
  const edge = (one) => {
    const { borderBottomStyle, borderBottomWidth } = getComputedStyle(one);
    return borderBottomStyle !== "none" && parseFloat(borderBottomWidth) >= 1;
  };
  // What one presses or fills in has an edge, or stands in what has one.
  const drawn = "[type=checkbox]:not([role]), [type=radio]";
  for (const one of all(`button, .btn, .acct, input:not(${drawn}), select, textarea`))
    if (!edge(one) && !edge(one.closest(".tags, .bd") ?? one)) say("no edge", one);
  // What is chosen looks otherwise than the others, and what is switched off than what is in use.
  const look = (one) => {
    const { backgroundColor, color, borderBottomColor, borderBottomWidth } = getComputedStyle(one);
    const seen = backgroundColor.endsWith(", 0)") ? canvas : backgroundColor;
    return [seen, color, borderBottomColor, borderBottomWidth].join();
  };
  for (const one of all("[aria-current]:not([aria-current=false]), [aria-pressed=true]"))
    for (const other of all(one.tagName, one.closest("ul, .prefs, .pa")))
      if (!other.ariaCurrent && other.ariaPressed !== "true" && look(other) === look(one))
        say("looks like the others", one);
  const off = ":is([aria-disabled=true], :disabled)";
  for (const one of all(`.btn${off}`))
    for (const used of all(`${one.tagName}.btn:not(${off}, [aria-pressed])`).slice(0, 1))
      if (getComputedStyle(one).color === getComputedStyle(used).color) say("looks in use", one);
  // A picture is seen, and open hours look otherwise than closed ones.
  for (const one of all("svg .ln, svg .ho")) {
    const { fill, stroke } = getComputedStyle(one);
    if ([canvas, "none"].includes(one.matches(".ln") ? stroke : fill)) say("not seen", one);
  }
  const [open, closed] = [".ho", ".hc"].map((kind) => all(kind)[0]);
  if (open && closed && getComputedStyle(open).fill === getComputedStyle(closed).fill)
    say("open looks like closed", open);
  return found;
}"""


def cuts(page: Page) -> list[str]:
    """Text that is cut off, leaves its box or lies over another; a page that scrolls sideways."""
    return list(page.evaluate(CUTS))


def cuts_enlarged(page: Page) -> list[str]:
    """The same, and text that stays small, with letters twice as large in the person's browser."""
    page.evaluate(ENLARGE)
    found = page.evaluate(SMALL, 2 * SMALLEST) + cuts(page)
    page.evaluate(AS_BEFORE)
    return list(found)


def lengthen(page: Page) -> float:
    """Our texts are accented and each word at least 40 % longer; how many times as long in all."""
    return float(page.evaluate(LENGTHEN))


def alike(page: Page) -> list[str]:
    """Controls and states that the system's colours have made the same, as they stand now."""
    assert page.evaluate("matchMedia('(forced-colors: active)').matches")
    return list(page.evaluate(ALIKE))
