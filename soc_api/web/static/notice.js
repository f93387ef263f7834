// Notices: the preview beside the editor follows what is typed; a form that opens takes the focus.
const SETTLE = 250;

function startEditor(form) {
  const shown = form.querySelector("[data-preview]");
  let waiting = 0;
  let asked = null;

  async function show() {
    asked?.abort();
    asked = new AbortController();
    try {
      const answer = await fetch("/notices/preview", { method: "POST", body: new URLSearchParams(new FormData(form)), signal: asked.signal });
      if (answer.redirected || !answer.ok) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      shown.replaceChildren(...page.body.childNodes);
    } catch (fault) {
      if (fault.name !== "AbortError") throw fault;
    }
  }

  // Without this module these buttons do what typing does with it.
  for (const button of form.querySelectorAll("[data-plain]")) button.hidden = true;
  form.addEventListener("input", (event) => {
    clearTimeout(waiting);
    if (event.target.matches("[data-kind]")) {
      form.requestSubmit(form.querySelector('[value="show"]'));
      return;
    }
    waiting = setTimeout(show, SETTLE);
  });
}

export function startNotices() {
  const form = document.querySelector("[data-editor]");
  if (form) startEditor(form);
  // `toggle` does not bubble, so it is caught on its way down; panes come and go.
  document.addEventListener("toggle", (event) => {
    if (event.target.matches("details.act[open]")) event.target.querySelector("select, .input")?.focus();
  }, true);
}
