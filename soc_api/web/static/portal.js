// The portal: what was typed into a form is kept in this browser until the server has taken it.
import { startClocks } from "./clock.js";

startClocks();

for (const form of document.querySelectorAll("form[data-draft]")) {
  const key = `citywatch:${form.dataset.draft}`;
  const note = form.querySelector("[data-draft-note]");
  const fields = [...form.elements].filter((each) => each.name && !["hidden", "file"].includes(each.type) && each.tagName !== "BUTTON");
  const valueOf = (name) => new FormData(form).get(name) ?? "";
  const kept = JSON.parse(sessionStorage.getItem(key) ?? "{}");
  for (const field of fields) {
    if (valueOf(field.name) || !kept[field.name]) continue;
    if (field.type === "radio") field.checked = field.value === kept[field.name];
    else field.value = kept[field.name];
  }
  // Not forgotten when it is sent: the server may die of it. Its name has the round, so that the next one begins empty.
  form.addEventListener("input", () => {
    sessionStorage.setItem(key, JSON.stringify(Object.fromEntries(fields.map((each) => [each.name, valueOf(each.name)]))));
    if (note) note.hidden = false;
  });
}

// Whoever sits down here next finds nothing of it.
document.querySelector("form[action='/logout']")?.addEventListener("submit", () => sessionStorage.clear());
