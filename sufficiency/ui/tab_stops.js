// A table wider than the window scrolls within itself. Who uses no mouse can scroll it where it is a tab stop
// (WCAG 2.1.1): Chromium and Firefox make it one, Safari does not, and no browser says what it is.
(() => {
  const boxes = "[data-testid=stTable], [data-testid=stTable] div, [data-testid=stMarkdownContainer] pre";
  const scrolls = (box) =>
    box.scrollWidth > box.clientWidth + 1 && ["auto", "scroll"].includes(getComputedStyle(box).overflowX);
  const ours = "data-tab-stop";
  const rounded = "data-rounded";

  // A width is a fraction and what is inside is rounded up: a box that scrolls by one pixel shows all there is, and is no stop.
  function roundOff() {
    for (const box of document.querySelectorAll(`[${rounded}]`)) {
      box.removeAttribute(rounded);
      box.style.overflowX = "";
    }
    for (const box of document.querySelectorAll(boxes)) {
      if (box.scrollWidth !== box.clientWidth + 1 || !["auto", "scroll"].includes(getComputedStyle(box).overflowX)) continue;
      box.setAttribute(rounded, "");
      box.style.overflowX = "hidden";
    }
  }

  function look() {
    waiting = false;
    roundOff();
    for (const box of document.querySelectorAll(boxes)) {
      if (scrolls(box) === box.hasAttribute(ours)) continue;
      if (box.hasAttribute(ours)) {
        for (const name of [ours, "tabindex", "role", "aria-label"]) box.removeAttribute(name);
      } else {
        const label = box.querySelector("table")?.getAttribute("aria-label") || "Wide content";
        box.setAttribute(ours, "");
        box.setAttribute("tabindex", "0");
        box.setAttribute("role", "region");
        box.setAttribute("aria-label", `${label}; scrolls sideways`);
      }
    }
  }

  let waiting = false;
  function later() {
    if (waiting) return;
    waiting = true;
    setTimeout(look, 150); // once for all that a page draws together: looking costs a layout
  }

  new MutationObserver(later).observe(document.documentElement, { childList: true, characterData: true, subtree: true });
  addEventListener("resize", later);
  addEventListener("toggle", later, true); // an expander opens
})();
