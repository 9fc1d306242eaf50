// Small courtesies of every page; each page works without them.

/** Escape, or a touch elsewhere, closes an open menu; focus goes back to what opened it. */
function closeMenus(except) {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (menu !== except) menu.open = false;
  }
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const open = document.querySelector("details.menu[open]");
  if (!open) return;
  const inside = open.contains(document.activeElement);
  open.open = false;
  if (inside) open.querySelector("summary")?.focus();
});

document.addEventListener("click", (event) => {
  closeMenus(event.target.closest?.("details.menu"));
});

/** A form marked data-unsaved asks before the page is left with changes that were not sent. */
const changed = new Set();
document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (form?.hasAttribute("data-unsaved")) changed.add(form);
});
document.addEventListener("submit", (event) => changed.delete(event.target));
window.addEventListener("beforeunload", (event) => {
  if (changed.size) event.preventDefault();
});

/** A button marked data-print opens the browser's print window; without scripts it stays hidden. */
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

/** After a refused form, the reader stands at the list of what to mend, or at the first field in doubt. */
(document.querySelector("[data-errors]") ?? document.querySelector("main [aria-invalid=true]"))?.focus();

/** A passkey that was not given (cancelled, none on this device) is said in words, not in the console. */
document.addEventListener("allauth.error", (event) => {
  const note = document.querySelector("[data-passkey-failed]");
  if (!note) return;
  event.preventDefault();
  note.hidden = false;
  note.focus();
});
