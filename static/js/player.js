// The lesson's page for the hand on the keyboard and for paper: how far one has read, single keys, folds opened to print.
// Without this file the page has links for all of it.

const article = document.querySelector("[data-reading-text]");
const body = document.querySelector(".lesson__words") ?? article;

// ---- how far ----

const readbar = document.querySelector("[data-readbar]");

function far() {
  const box = body.getBoundingClientRect();
  const rest = box.height - innerHeight;
  return rest <= 0 ? 1000 : Math.max(0, Math.min(1000, Math.round((-box.top / rest) * 1000)));
}

if (readbar && body) {
  let waiting = false;
  const show = () => {
    waiting = false;
    readbar.value = far();
  };
  const soon = () => {
    if (!waiting) requestAnimationFrame(show);
    waiting = true;
  };
  readbar.hidden = false;
  show();
  document.addEventListener("scroll", soon, { passive: true });
  addEventListener("resize", soon);
}

// ---- single keys ----

const OFF = "palmar:keys-off";
const dialog = document.querySelector("[data-keys]");
const toggle = dialog.querySelector("[data-keys-switch]");
let off = false;
try {
  off = localStorage.getItem(OFF) === "yes";
} catch {
  off = false;
}
toggle.checked = !off;
toggle.addEventListener("change", () => {
  off = !toggle.checked;
  try {
    if (off) localStorage.setItem(OFF, "yes");
    else localStorage.removeItem(OFF);
  } catch {
    // Without storage the choice holds until the page is left.
  }
});

const open = () => !dialog.open && dialog.showModal();
for (const button of document.querySelectorAll("[data-keys-open]")) {
  button.hidden = false;
  button.addEventListener("click", open);
}

/** Keys belong to whoever types, chooses or plays; and to nobody while a question is asked. */
function isTaken(event) {
  return (
    event.defaultPrevented ||
    event.ctrlKey ||
    event.altKey ||
    event.metaKey ||
    event.isComposing ||
    event.repeat ||
    event.target.closest?.("input, textarea, select, video, audio, [contenteditable]") ||
    document.querySelector("dialog[open]")
  );
}

document.addEventListener("keydown", (event) => {
  if (off || isTaken(event)) return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : "";
  const link = { n: "next", p: "prev" }[key];
  if (key === "?") {
    event.preventDefault();
    open();
  } else if (link) {
    const address = document.querySelector(`link[rel=${link}]`)?.href;
    if (address) location.assign(address);
  } else if (key === "b" || key === "h" || key === "m") {
    event.preventDefault();
    document.dispatchEvent(new CustomEvent("palmar:key", { detail: key }));
  }
});

// ---- paper ----

let opened = [];
addEventListener("beforeprint", () => {
  opened = [...(article?.querySelectorAll("details:not([open]):not(.noprint):not(.noprint *)") ?? [])];
  for (const fold of opened) fold.open = true;
});
addEventListener("afterprint", () => {
  for (const fold of opened) fold.open = false;
});
