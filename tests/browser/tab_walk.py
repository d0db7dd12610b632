"""Where the Tab key leads on a page, and whether one sees it."""

from typing import Any, Final

from playwright.sync_api import Page

MOST_STOPS: Final = 260
# Each Tab tells of the stop it leaves, which has come to rest by then: whether a ring is seen, and
# whether something else lies over it.
LISTEN: Final = """() => {
  const told = new Map();
  const tell = (element) => {
    if (!element || element === document.body) return;
    // A field without a frame of its own is ringed by the one around it.
    const around = element.parentElement;
    const ring = [element, around, around?.parentElement].some((one) => {
      const style = one && getComputedStyle(one);
      return style && style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
    });
    const box = element.getBoundingClientRect();
    const [left, right] = [Math.max(box.left, 0), Math.min(box.right, innerWidth)];
    const top = document.elementFromPoint((left + right) / 2,
      box.top + Math.min(box.height, innerHeight) / 2);
    const seen = Boolean(top) && (element.contains(top) || top.contains(element)
      || [...element.labels ?? []].some((label) => label.contains(top)));
    const name = element.outerHTML.slice(0, 120);
    if (!told.has(element)) told.set(element, { name, ring, seen });
    else told.again = true;
  };
  document.activeElement?.blur();
  document.addEventListener("keydown", ({ key }) => {
    if (key !== "Tab") return;
    if (told.size && document.activeElement === document.body) told.again = true;
    tell(document.activeElement);
  }, true);
  globalThis.tabWalk = () => ({ stops: [...told.values()], ended: Boolean(told.again) });
}"""
AT_ONCE: Final = 25


def stops(page: Page) -> list[dict[str, Any]]:
    """Where Tab leads, from the top of the page until it begins again."""
    page.evaluate(LISTEN)
    for _batch in range(MOST_STOPS // AT_ONCE):
        for _press in range(AT_ONCE):
            page.keyboard.press("Tab")
        walked: dict[str, Any] = page.evaluate("tabWalk()")
        if walked["ended"]:
            return list(walked["stops"])
    raise AssertionError(f"Tab never comes back to the top of {page.url}")


def unseen(page: Page) -> list[str]:
    """Stops without a ring, and stops that something covers; what is inside a frame is its own."""
    walked = [one for one in stops(page) if not one["name"].startswith("<iframe")]
    found = [f"no ring: {one['name']}" for one in walked if not one["ring"]]
    found += [f"covered: {one['name']}" for one in walked if not one["seen"]]
    return found if walked else ["Tab leads nowhere"]
