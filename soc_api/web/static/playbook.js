// Playbooks: a run that goes on is shown as it is now; Ctrl Enter approves what the card shows.
const EVERY = 4000;

// What ticks by itself is no change.
function still(part) {
  const copy = part.cloneNode(true);
  for (const clock of copy.querySelectorAll("[data-due]")) {
    clock.textContent = "";
    clock.removeAttribute("class");
  }
  return copy;
}

const isUsed = (part) => part.contains(document.activeElement)
  || part.querySelector("details[open]") !== null
  || [...part.querySelectorAll("input:not([type=hidden]), textarea")].some((field) => field.type !== "checkbox" && field.value !== field.defaultValue);

function place(page, fresh) {
  for (const part of page.querySelectorAll("[data-part]")) {
    const now = fresh.querySelector(`[data-part="${part.dataset.part}"]`);
    if (!now || isUsed(part) || still(part).isEqualNode(still(now))) continue;
    part.replaceChildren(...now.childNodes);
  }
}

function follow(page) {
  const timer = setInterval(async () => {
    if (document.hidden) return;
    // Nobody is at the desk because a page looks by itself: the login runs out all the same.
    const answer = await fetch(page.dataset.live, { headers: { "x-background": "1" } }).catch(() => null);
    if (!answer) return;
    if (answer.redirected) {
      location.reload();
      return;
    }
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    place(page, fresh);
    if (!fresh.querySelector("[data-live]")) clearInterval(timer);
  }, EVERY);
}

export function startPlaybooks() {
  const page = document.querySelector("[data-live]");
  if (page) follow(page);
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    const own = event.target.closest("form");
    const form = own ?? document.querySelector("[data-confirm]");
    if (!form?.matches("[data-confirm]")) return;
    event.preventDefault();
    form.requestSubmit(form.querySelector(".btn--go"));
  });
}
