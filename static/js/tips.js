// Short explanations of terms and of points on figures: shown on hover and on focus, closed by Escape, kept open while
// the pointer is on them. What they say stands in the page already; without this file the links lead there.

const LEAVE_MS = 250;
const GAP = 10;
let tip = null; // made at the first need
let owner = null;
let leaving = 0;
let quiet = null; // closed by Escape: stays closed until the pointer or focus has left it

function made() {
  const box = document.createElement("div");
  box.className = "tip";
  box.id = "tip";
  box.setAttribute("popover", "manual");
  // Readers hear the description that the link names; this is for eyes.
  box.setAttribute("aria-hidden", "true");
  box.addEventListener("pointerenter", () => clearTimeout(leaving));
  box.addEventListener("pointerleave", leave);
  document.body.append(box);
  return box;
}

/** Copy what stands in the page, without its ids and links: it is read, not used. */
function filled(source) {
  const copy = source.cloneNode(true);
  for (const part of copy.querySelectorAll("[data-tip-skip]")) part.remove();
  for (const part of copy.querySelectorAll("[id]")) part.removeAttribute("id");
  for (const link of copy.querySelectorAll("a")) link.replaceWith(...link.childNodes);
  tip.replaceChildren(...copy.childNodes);
}

/** Above the link, or under it where there is no room; never over the edge of the window. */
function place() {
  const at = owner.getBoundingClientRect();
  const box = tip.getBoundingClientRect();
  const left = Math.min(Math.max(at.left + at.width / 2 - box.width / 2, GAP), innerWidth - box.width - GAP);
  const above = at.top - box.height - GAP;
  tip.style.left = `${Math.max(left, GAP)}px`;
  tip.style.top = `${above > GAP ? above : at.bottom + GAP}px`;
}

function show(link) {
  clearTimeout(leaving);
  if (link === owner || link === quiet) return;
  const source = document.querySelector(link.dataset.tip);
  if (!source || !("showPopover" in HTMLElement.prototype)) return;
  tip ??= made();
  hide();
  owner = link;
  owner.setAttribute("data-open", "");
  filled(source);
  tip.showPopover();
  place();
}

function hide() {
  clearTimeout(leaving);
  if (!owner) return;
  owner.removeAttribute("data-open");
  owner = null;
  if (tip.matches(":popover-open")) tip.hidePopover();
}

function leave() {
  clearTimeout(leaving);
  leaving = setTimeout(() => document.activeElement !== owner && hide(), LEAVE_MS);
}

const linkOf = (event) => event.target.closest?.("[data-tip]");

document.addEventListener("pointerover", (event) => {
  const link = event.pointerType === "touch" ? null : linkOf(event);
  if (link) show(link);
});
document.addEventListener("pointerout", (event) => {
  const link = linkOf(event);
  if (!link || link.contains(event.relatedTarget)) return;
  if (link === quiet) quiet = null;
  if (link === owner) leave();
});
document.addEventListener("focusin", (event) => {
  const link = linkOf(event);
  if (link?.matches(":focus-visible")) show(link);
});
document.addEventListener("focusout", (event) => {
  const link = linkOf(event);
  if (link === quiet) quiet = null;
  if (link && link === owner) hide();
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !owner) return;
  quiet = owner;
  hide();
});
// A finger has no hover: its touch shows the words where it is. A key follows the link.
document.addEventListener("click", (event) => {
  const link = linkOf(event);
  if (!link) {
    if (owner && !tip.contains(event.target)) hide();
    return;
  }
  if (event.detail === 0) return;
  event.preventDefault();
  quiet = null;
  show(link);
});
document.addEventListener("scroll", () => owner && place(), { passive: true, capture: true });
addEventListener("resize", () => owner && place());
