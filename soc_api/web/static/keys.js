// Keys: single letters act on the cursor of the list, else on the visible button of that key.
const LEADER = 1200;
const STORED = "citywatch.single-keys";
const PLACES = { d: "desk", a: "alerts", i: "incidents", n: "notices", p: "playbooks", m: "measures", j: "jobs", t: "sensors", s: "data" };

const find = (selector) => document.querySelector(selector);
const singleKeys = () => localStorage.getItem(STORED) !== "off";

export function startKeys(list) {
  let leader = -Infinity;
  let alone = 0;
  const sheet = find("#keys");
  const openSheet = () => { if (sheet && !sheet.open) sheet.showModal(); };
  for (const button of document.querySelectorAll("[data-open]")) button.addEventListener("click", openSheet);

  const choice = find("[data-single-keys]");
  if (choice) {
    choice.checked = singleKeys();
    choice.addEventListener("change", () => localStorage.setItem(STORED, choice.checked ? "on" : "off"));
  }

  const focusOn = (selector) => () => {
    const field = find(selector);
    field?.focus();
    field?.select();
  };
  const press = (selector) => find(selector)?.click();
  // The row that has the focus has a button of its own for some keys.
  const buttonOf = (key) => {
    const wanted = `[data-key="${CSS.escape(key)}"]`;
    return document.activeElement?.closest("tr")?.querySelector(wanted) ?? find(wanted);
  };
  const keys = {
    j: () => (list ? list.next() : press('[data-key="j"]')),
    k: () => (list ? list.previous() : press('[data-key="k"]')),
    ArrowDown: () => list?.next(),
    ArrowUp: () => list?.previous(),
    Enter: () => list?.open(),
    Escape: () => press("[data-back]"),
    "/": () => focusOn(find("#filter") ? "#filter" : "#find")(),
    "?": openSheet,
  };

  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === "k") {
      event.preventDefault();
      focusOn("#find")();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || sheet?.open) return;
    const typing = event.target.closest("input:not([type=checkbox]), textarea, select");
    if (typing) {
      if (event.key === "Escape") typing.blur();
      return;
    }
    const onControl = event.target.closest("a, button");
    if (event.key === "Enter" && onControl) return;
    if ((event.key === "ArrowDown" || event.key === "ArrowUp") && !event.target.closest("[data-list]")) return;
    if (event.key.length === 1 && !singleKeys()) return;
    if (event.timeStamp - leader < LEADER && PLACES[event.key]) {
      event.preventDefault();
      clearTimeout(alone);
      leader = -Infinity;
      press(`[data-place="${PLACES[event.key]}"]`);
      return;
    }
    clearTimeout(alone);
    if (event.key === "g") {
      // Twice, or alone for a while, it is the page's own act; else it leads to a place.
      const act = () => press('[data-key="g"]');
      const again = event.timeStamp - leader < LEADER;
      leader = again ? -Infinity : event.timeStamp;
      if (again) act();
      else alone = setTimeout(act, LEADER);
      return;
    }
    if (/^[1-9]$/.test(event.key)) {
      document.querySelectorAll("[data-view]")[Number(event.key) - 1]?.click();
      return;
    }
    const button = buttonOf(event.key);
    const act = keys[event.key] ?? (button && (() => button.click()));
    if (!act) return;
    if (event.key === "Enter" && !list) return;
    event.preventDefault();
    act();
  });
}
