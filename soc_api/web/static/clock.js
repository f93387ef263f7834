// Clocks: once a second what is left until the due time of the row, by the server's time.
const root = document.documentElement;
const offset = Number(root.dataset.now) - Date.now();
const ENDING = 5 * 60;

const pad = (value) => String(value).padStart(2, "0");
const serverNow = () => Date.now() + offset;

export function leftText(seconds) {
  const size = Math.abs(Math.trunc(seconds));
  const days = Math.trunc(size / 86400);
  const rest = size % 86400;
  const hours = Math.trunc(rest / 3600);
  const minutes = Math.trunc(rest / 60) % 60;
  let text = `${pad(minutes)}:${pad(rest % 60)}`;
  if (hours) text = `${pad(hours)}:${text}`;
  if (days) text = `${days.toLocaleString("en-US")} ${root.dataset.day} ${pad(hours)}:${pad(minutes)}`;
  return seconds < 0 ? root.dataset.over.replace("{left}", text) : text;
}

function tick() {
  const now = serverNow();
  for (const clock of document.querySelectorAll("[data-due]")) {
    const seconds = (Date.parse(clock.dataset.due) - now) / 1000;
    const prefix = clock.dataset.prefix && seconds >= 0 ? `${clock.dataset.prefix} ` : "";
    const text = prefix + leftText(seconds);
    if (clock.textContent !== text) clock.textContent = text;
    const tone = seconds < 0 ? "late" : seconds < Number(clock.dataset.soon) ? "soon" : "";
    const kind = clock.dataset.tone;
    const bearer = kind === "clock" ? clock.closest(".clock") : clock;
    for (const each of ["soon", "late"]) bearer.classList.toggle(`${kind}--${each}`, each === tone);
  }
  const end = document.querySelector("[data-ending]");
  if (end) end.hidden = (Date.parse(root.dataset.ends) - now) / 1000 > ENDING;
}

export function startClocks() {
  if (!root.dataset.now) return;
  tick();
  setInterval(tick, 1000);
}
