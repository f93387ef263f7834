// The form of facts: what would follow is asked for while one types; Ctrl Enter confirms.
const SETTLE = 200;
const form = document.querySelector("[data-preview]");
let waiting = 0;
let asked = null;

async function show() {
  asked?.abort();
  asked = new AbortController();
  try {
    const body = new URLSearchParams(new FormData(form));
    const answer = await fetch(form.dataset.preview, { method: "POST", body, signal: asked.signal });
    if (answer.redirected) {
      location.reload();
      return;
    }
    if (!answer.ok) return;
    place(new DOMParser().parseFromString(await answer.text(), "text/html"));
  } catch (fault) {
    if (fault.name !== "AbortError") throw fault;
  }
}

function place(page) {
  for (const part of page.querySelectorAll("[data-part]")) {
    form.querySelector(`[data-part="${part.dataset.part}"]`).replaceChildren(...part.childNodes);
  }
  for (const hint of form.querySelectorAll("[data-hint]")) {
    const key = CSS.escape(hint.dataset.hint);
    const text = page.querySelector(`[data-fault="${key}"]`)?.textContent ?? "";
    if (hint.textContent !== text) hint.textContent = text;
    const field = form.elements.namedItem(hint.dataset.hint);
    if (text) field.setAttribute("aria-invalid", "true");
    else field.removeAttribute("aria-invalid");
  }
}

form.addEventListener("input", (event) => {
  if (event.target.name === "reason") return;
  clearTimeout(waiting);
  waiting = setTimeout(show, SETTLE);
});

form.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    form.requestSubmit(form.querySelector("[data-part] .btn--go"));
  }
});

for (const button of form.querySelectorAll("[data-without-script]")) button.hidden = true;
