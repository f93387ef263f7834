// The console: clocks that tick, lists that are walked by keys, one sheet of keys.
import { startClocks } from "./clock.js";
import { startKeys } from "./keys.js";
import { startList } from "./list.js";
import { startNotices } from "./notice.js";
import { startPlaybooks } from "./playbook.js";

startClocks();
startKeys(startList());
startNotices();
startPlaybooks();

for (const button of document.querySelectorAll("[data-print]")) {
  button.addEventListener("click", () => window.print());
}
