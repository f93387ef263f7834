// A list with a cursor: one row is current, the pane beside it shows that row.
const SETTLE = 90;

export function startList() {
  const list = document.querySelector("[data-list]");
  if (!list) return null;
  const rows = [...list.querySelectorAll("[data-id]")];
  const pane = document.querySelector("[data-pane]");
  let at = Math.max(0, rows.findIndex((row) => row.hasAttribute("aria-current")));
  let waiting = 0;
  let asked = null;

  const address = (row) => list.dataset.list + encodeURIComponent(row.dataset.id) + (list.dataset.with ?? "");

  async function show(row) {
    asked?.abort();
    asked = new AbortController();
    try {
      const answer = await fetch(`${address(row)}/pane`, { signal: asked.signal });
      if (answer.redirected) {
        location.reload();
        return;
      }
      if (!answer.ok) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      pane.replaceChildren(...page.body.childNodes);
      pane.scrollTop = 0;
      const here = new URL(location.href);
      here.searchParams.set("at", row.dataset.id);
      history.replaceState(null, "", here);
    } catch (fault) {
      if (fault.name !== "AbortError") throw fault;
    }
  }

  function move(to, { focus = true } = {}) {
    const row = rows[to];
    if (!row) return;
    rows[at].removeAttribute("aria-current");
    rows[at].tabIndex = -1;
    at = to;
    row.setAttribute("aria-current", "true");
    row.tabIndex = 0;
    if (focus) row.focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
    if (!pane) return;
    clearTimeout(waiting);
    waiting = setTimeout(() => show(row), SETTLE);
  }

  rows.forEach((row, index) => {
    row.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      const onLink = event.target.closest("a");
      if (!pane) {
        if (!onLink) location.href = address(row);
        return;
      }
      event.preventDefault();
      move(index);
    });
    row.addEventListener("dblclick", () => { location.href = address(row); });
  });

  return {
    next: () => move(at + 1),
    previous: () => move(at - 1),
    open: () => { if (rows[at]) location.href = address(rows[at]); },
  };
}
