"""Where the Tab key leads on a page, and whether one sees it."""

from typing import Any, Final

from playwright.sync_api import Page

MOST_STOPS: Final = 260
# Each Tab tells of the stop it leaves, which has come to rest by then: whether a ring is seen, and
# whether something else lies over it.
LISTEN: Final = """() => {
  const told = new Map();
  let last, ended = false;
  const ringed = (element) => {
    // A field without a frame of its own is ringed by the one around it.
    const around = element.parentElement;
    return [element, around, around?.parentElement].some((one) => {
      const style = one && getComputedStyle(one);
      return style && style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
    });
  };
  const shown = (element) => {
    const box = element.getBoundingClientRect();
    const [left, right] = [Math.max(box.left, 0), Math.min(box.right, innerWidth)];
    const top = document.elementFromPoint((left + right) / 2,
      box.top + Math.min(box.height, innerHeight) / 2);
    return Boolean(top) && (element.contains(top) || top.contains(element)
      || [...element.labels ?? []].some((label) => label.contains(top)));
  };
  const tell = (element) => {
    // A date is several stops in one field.
    const before = told.get(element);
    if (before && element !== last) ended = true;
    const ring = ringed(element) && before?.ring !== false;
    const seen = shown(element) && before?.seen !== false;
    if (!ended) told.set(element, { name: element.outerHTML.slice(0, 120), ring, seen });
    last = element;
  };
  const listen = ({ key }) => {
    if (key !== "Tab" || ended) return;
    if (document.activeElement !== document.body) tell(document.activeElement);
    else if (told.size) ended = true;
  };
  // Wherever the last walk ended, this one begins at the top.
  document.body.tabIndex = -1;
  document.body.focus({ preventScroll: true });
  document.body.removeAttribute("tabindex");
  document.removeEventListener("keydown", globalThis.tabHeard, true);
  document.addEventListener("keydown", globalThis.tabHeard = listen, true);
  globalThis.tabWalk = () => ({ stops: [...told.values()], ended });
}"""
AT_ONCE: Final = 10


def stops(page: Page) -> list[dict[str, Any]]:
    """Where Tab leads, held down from the top of the page until it begins again."""
    page.evaluate(LISTEN)
    try:
        for _batch in range(MOST_STOPS // AT_ONCE):
            for _press in range(AT_ONCE):
                page.keyboard.down("Tab")
            walked: dict[str, Any] = page.evaluate("tabWalk()")
            if walked["ended"]:
                return list(walked["stops"])
    finally:
        page.keyboard.up("Tab")
    raise AssertionError(f"Tab never comes back to the top of {page.url}")


def unseen(page: Page) -> list[str]:
    """Stops without a ring, and stops that something covers; what is inside a frame is its own."""
    walked = [one for one in stops(page) if not one["name"].startswith("<iframe")]
    found = [f"no ring: {one['name']}" for one in walked if not one["ring"]]
    found += [f"covered: {one['name']}" for one in walked if not one["seen"]]
    return found if walked else ["Tab leads nowhere"]
