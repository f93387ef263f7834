// The portal: what was typed into a form is kept in this browser until it is sent.
import { startClocks } from "./clock.js";

startClocks();

for (const form of document.querySelectorAll("form[data-draft]")) {
  const key = `citywatch:${form.dataset.draft}`;
  const note = form.querySelector("[data-draft-note]");
  const typed = () => [...form.elements].filter((each) => each.name && !["hidden", "file", "radio"].includes(each.type) && each.tagName !== "BUTTON");
  const kept = JSON.parse(sessionStorage.getItem(key) ?? "{}");
  for (const field of typed()) if (!field.value && kept[field.name]) field.value = kept[field.name];
  form.addEventListener("input", () => {
    sessionStorage.setItem(key, JSON.stringify(Object.fromEntries(typed().map((each) => [each.name, each.value]))));
    if (note) note.hidden = false;
  });
  // What the server refuses comes back with its values; what it takes is needed no more.
  form.addEventListener("submit", () => sessionStorage.removeItem(key));
}
