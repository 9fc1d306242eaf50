// What a learner marks and writes in a lesson. Her notes stand below the lesson, in forms that work by themselves; this
// puts the marked words into the text, offers a small bar for words that are chosen, and sends without leaving the page.

let passages = null; // what finds words in the text: fetched when there is a mark, or when words are selected
const ready = async () => (passages ??= await import("./anchoring.js"));

const MOST_EXACT = 1000;
const words = document.querySelector(".lesson__words");
const section = document.querySelector("[data-notes]");
const csrf = () => section.querySelector("input[name=csrfmiddlewaretoken]").value;
const say = (sentence) => {
  const place = section.querySelector("[data-notes-status]");
  place.textContent = "";
  // A sentence that is said twice is heard twice.
  setTimeout(() => (place.textContent = sentence), 50);
};

/** POST as a form does; {ok, body} or {ok: false, said}. */
async function send(address, fields) {
  const body = fields instanceof FormData ? fields : new FormData();
  if (!(fields instanceof FormData)) for (const [name, value] of Object.entries(fields)) body.append(name, value);
  if (!body.has("csrfmiddlewaretoken")) body.append("csrfmiddlewaretoken", csrf());
  let answer = null;
  try {
    answer = await fetch(address, { method: "POST", body, headers: { Accept: "application/json" } });
  } catch {
    answer = null;
  }
  if (answer?.ok && !answer.redirected) return { ok: true, body: await answer.json() };
  if (!answer || answer.status >= 500 || answer.status === 429) return { ok: false, said: section.dataset.sayFailed };
  const told = await answer.json().catch(() => null);
  return { ok: false, status: answer.status, said: told?.title ?? section.dataset.sayRefused };
}

// ---- bookmarks ----

document.addEventListener("submit", async (event) => {
  const form = event.target.closest("[data-bookmark]");
  if (!form) return;
  event.preventDefault();
  const button = event.submitter ?? form.querySelector("button");
  const fields = new FormData(form);
  fields.set(button.name, button.value);
  const answer = await send(form.action, fields);
  if (!answer.ok) return say(answer.said);
  const isSet = answer.body.set;
  button.name = isSet ? "unmark" : "mark";
  button.setAttribute("aria-pressed", String(isSet));
  const says = button.querySelector("[data-bookmark-says]");
  if (says) says.textContent = isSet ? form.dataset.saySet : form.dataset.sayUnset;
  say(isSet ? form.dataset.saySet : form.dataset.sayGone);
  return undefined;
});

// ---- notes in the list ----

const list = section.querySelector("[data-notes-list]");
const gone = section.querySelector("[data-notes-gone]");
const item = (uuid) => section.querySelector(`[data-note="${uuid}"]`);
const marksOf = (uuid) => (words ? [...words.querySelectorAll(`[data-mark="${uuid}"]`)] : []);

/** Put what the server answered into the list, in the place of what was there. */
function listed(html) {
  const box = document.createElement("template");
  box.innerHTML = html; // our own template, escaped by the server
  const fresh = box.content.querySelector("[data-note]");
  const old = item(fresh.dataset.note);
  if (old) old.replaceWith(fresh);
  else list.append(fresh);
  return fresh;
}

function tidy() {
  gone.hidden = !gone.querySelector("[data-note]");
}

/** Where the block of a note begins in the text, to tell places apart that look alike. */
function nearOf(read, block) {
  const element = block && words.querySelector(`[data-block="${CSS.escape(block)}"]`);
  if (!element) return 0;
  const first = read.at.findIndex((place) => place && element.contains(place.node));
  return Math.max(first, 0);
}

/** Show one passage in the text; whether its words were found. */
function shown(note, read, span) {
  const made = () => {
    const mark = document.createElement("mark");
    mark.className = `hl hl--${note.dataset.color}`;
    mark.dataset.mark = note.dataset.note;
    mark.setAttribute("aria-describedby", `says-${note.dataset.note}`);
    return mark;
  };
  const marks = passages.wrapped(read, ...span, made);
  if (!marks.length) return;
  marks[0].id = `mark-${note.dataset.note}`;
  const button = document.querySelector("[data-hl-button]").content.firstElementChild.cloneNode(true);
  button.setAttribute("aria-label", section.dataset.sayOpen);
  button.setAttribute("aria-describedby", `says-${note.dataset.note}`);
  button.dataset.markOpen = note.dataset.note;
  button.classList.toggle("hl__open--note", Boolean(note.querySelector(".own__text")));
  marks[marks.length - 1].append(button);
}

function hiddenAgain(uuid) {
  for (const button of words?.querySelectorAll(`[data-mark-open="${uuid}"]`) ?? []) button.remove();
  passages?.unwrapped(marksOf(uuid));
}

async function place(note) {
  if (!words || !note.dataset.exact) return;
  await ready();
  hiddenAgain(note.dataset.note);
  const read = passages.textIn(words);
  const span = await passages.found(read.text, note.dataset, nearOf(read, note.dataset.block));
  if (span) shown(note, read, span);
  (span ? list : gone.querySelector("ul")).append(note);
}

async function placeAll() {
  if (!words) return;
  const notes = [...list.querySelectorAll("[data-note]")].filter((note) => note.dataset.exact);
  if (!notes.length) return;
  await ready();
  const read = passages.textIn(words);
  const spans = [];
  for (const note of notes) spans.push(await passages.found(read.text, note.dataset, nearOf(read, note.dataset.block)));
  for (const [index, note] of notes.entries()) if (!spans[index]) gone.querySelector("ul").append(note);
  // From the end on: what is put around words parts the text behind them only. Where marks lie over each other it is
  // read anew; what it says stays the same, so the places hold.
  const spots = notes.map((note, index) => ({ note, span: spans[index] })).filter(({ span }) => span);
  spots.sort((one, other) => other.span[0] - one.span[0]);
  let now = read;
  let untouched = Infinity;
  for (const { note, span } of spots) {
    if (span[1] > untouched) now = passages.textIn(words);
    shown(note, now, span);
    [untouched] = span;
  }
  tidy();
  // A link to a mark could not be followed before the mark was there.
  if (location.hash.startsWith("#mark-")) document.querySelector(`[id="${CSS.escape(location.hash.slice(1))}"]`)?.scrollIntoView();
}

section.addEventListener("submit", async (event) => {
  const form = event.target;
  const isNew = form.matches("[data-note-new]");
  if (isNew || form.matches("[data-note-keep]")) {
    event.preventDefault();
    const answer = await send(form.action, new FormData(form));
    if (!answer.ok) {
      if (isNew) form.querySelector("[data-note-said]").textContent = answer.said;
      return say(answer.said);
    }
    const fresh = listed(answer.body.html);
    await place(fresh);
    if (isNew) {
      form.reset();
      form.elements.note.value = crypto.randomUUID();
      form.querySelector("[data-note-said]").textContent = section.dataset.sayKept;
    } else fresh.querySelector("summary").focus();
    say(section.dataset.sayKept);
  } else if (form.matches("[data-note-delete]")) {
    event.preventDefault();
    await remove(form.closest("[data-note]"), form.action);
    section.querySelector("#note-new").focus();
  }
  tidy();
  return undefined;
});

async function remove(note, address = note.querySelector("[data-note-delete]").action) {
  const answer = await send(address, {});
  // What is gone already is gone.
  if (!answer.ok && answer.status !== 404) return say(answer.said);
  hiddenAgain(note.dataset.note);
  note.remove();
  tidy();
  say(section.dataset.sayGone);
  return undefined;
}

/** Show a mark: open what it lies in, and stand there. */
function goTo(uuid) {
  const [mark] = marksOf(uuid);
  if (!mark) return false;
  for (let fold = mark.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  mark.scrollIntoView({ block: "center" });
  words.querySelector(`[data-mark-open="${uuid}"]`)?.focus({ preventScroll: true });
  return true;
}

section.addEventListener("click", (event) => {
  const link = event.target.closest("[data-note-go]");
  if (link && goTo(link.closest("[data-note]").dataset.note)) event.preventDefault();
});

// ---- the bar ----

const bar = document.querySelector("[data-hlbar]");
const writeButton = bar.querySelector("[data-hlbar-write]");
const deleteButton = bar.querySelector("[data-hlbar-delete]");
const barText = bar.querySelector("[data-hlbar-text]");
const GAP = 8;
let chosen = null; // {anchor, block} of the words that are selected
let open = ""; // the note whose bar is shown
let opener = null;
let boxOf = null; // where the words are now that the bar speaks of
let byKey = false;
let timer = 0;

const isShown = () => bar.matches(":popover-open");

function showBar(getBox) {
  boxOf = getBox;
  const box = getBox();
  if (!isShown()) bar.showPopover();
  const own = bar.getBoundingClientRect();
  const left = Math.min(Math.max(box.left + box.width / 2 - own.width / 2, GAP), innerWidth - own.width - GAP);
  // Below the words: above them a telephone shows its own menu.
  const below = box.bottom + GAP;
  bar.style.left = `${Math.max(left, GAP)}px`;
  const top = below + own.height < innerHeight ? below : box.top - own.height - GAP;
  bar.style.top = `${Math.min(Math.max(top, GAP), innerHeight - own.height - GAP)}px`;
}

function hideBar() {
  chosen = null;
  open = "";
  if (isShown()) bar.hidePopover();
}

function dress(note) {
  for (const button of bar.querySelectorAll("[data-color]")) {
    button.setAttribute("aria-pressed", String(Boolean(note) && note.dataset.color === button.dataset.color));
  }
  deleteButton.hidden = !note;
  const text = note?.querySelector(".own__text")?.textContent.trim() ?? "";
  barText.hidden = !text;
  barText.textContent = text;
}

/** What is selected in the lesson's words, or null. */
function selected() {
  const selection = document.getSelection();
  if (!words || !passages || !selection?.rangeCount || selection.isCollapsed) return null;
  const range = selection.getRangeAt(0);
  if (!range.intersectsNode(words)) return null;
  const start = range.startContainer;
  if ((start.nodeType === Node.ELEMENT_NODE ? start : start.parentElement)?.closest("form, textarea, input")) return null;
  const read = passages.textIn(words);
  const touched = passages.spanOf(read, range);
  if (!touched) return null;
  const span = passages.wholeWords(read.text, touched);
  const block = read.at[span[0]].node.parentElement.closest("[data-block]")?.dataset.block ?? "";
  return { anchor: passages.described(read.text, ...span), block, boxOf: () => range.getBoundingClientRect() };
}

async function look() {
  if (document.getSelection()?.isCollapsed === false) await ready();
  if (bar.contains(document.activeElement) || document.querySelector("dialog[open]")) return;
  const now = selected();
  if (!now) {
    if (chosen) hideBar();
    return;
  }
  const wasShown = isShown() && chosen;
  chosen = now;
  open = "";
  dress(null);
  showBar(now.boxOf);
  if (byKey && !wasShown) say(section.dataset.sayBar);
}

document.addEventListener("selectionchange", () => {
  if (document.getSelection()?.isCollapsed === false) ready();
  clearTimeout(timer);
  timer = setTimeout(look, 250);
});
document.addEventListener("pointerdown", (event) => {
  byKey = false;
  if (open && !bar.contains(event.target) && !event.target.closest("[data-mark-open]")) hideBar();
});
addEventListener("resize", hideBar);
document.addEventListener("scroll", () => isShown() && boxOf && showBar(boxOf), { passive: true });
// A press on the bar must not take the selection away before it is used.
bar.addEventListener("pointerdown", (event) => event.preventDefault());
bar.addEventListener("mousedown", (event) => event.preventDefault());

document.addEventListener("keydown", (event) => {
  byKey = true;
  if (!isShown()) return;
  if (event.key === "Escape") {
    const inside = bar.contains(document.activeElement);
    const back = open ? opener : null;
    event.preventDefault();
    document.getSelection()?.removeAllRanges();
    hideBar();
    if (inside) (back ?? document.getElementById("main")).focus({ preventScroll: true });
  } else if (event.key === "Tab" && !bar.contains(document.activeElement) && !event.shiftKey) {
    event.preventDefault();
    bar.querySelector("button:not([hidden])").focus();
  }
});

/** Keep a mark under an id of its own; asked again, the same id is sent, so that nothing is marked twice. */
async function keep({ uuid, anchor, block }, color, text) {
  const answer = await send(section.dataset.keep, { note: uuid, ...anchor, block, color, text });
  if (!answer.ok) return answer;
  const fresh = listed(answer.body.html);
  await place(fresh);
  tidy();
  return answer;
}

async function mark(color) {
  const what = chosen ?? selected();
  if (!what) return;
  if (what.anchor.exact.length > MOST_EXACT) return say(section.dataset.sayLong);
  const byKeyboard = bar.contains(document.activeElement) || byKey;
  what.uuid ??= crypto.randomUUID();
  document.getSelection()?.removeAllRanges();
  hideBar();
  const answer = await keep(what, color, "");
  say(answer.ok ? section.dataset.sayMarked : answer.said);
  if (answer.ok) remember(color);
  if (answer.ok && byKeyboard) words.querySelector(`[data-mark-open="${what.uuid}"]`)?.focus({ preventScroll: true });
  return undefined;
}

async function recolor(uuid, color) {
  const note = item(uuid);
  const fields = new FormData(note.querySelector("[data-note-keep]"));
  fields.set("color", color);
  const answer = await send(section.dataset.keep, fields);
  if (!answer.ok) return say(answer.said);
  remember(color);
  const fresh = listed(answer.body.html);
  for (const one of marksOf(uuid)) one.className = `hl hl--${color}`;
  dress(fresh);
  return say(section.dataset.sayKept);
}

let lastColor = bar.querySelector("[data-color]").dataset.color;
function remember(color) {
  lastColor = color;
}

bar.addEventListener("click", async (event) => {
  const color = event.target.closest("[data-color]")?.dataset.color;
  if (color) return open ? recolor(open, color) : mark(color);
  if (event.target.closest("[data-hlbar-write]")) return write();
  if (event.target.closest("[data-hlbar-delete]")) {
    const note = item(open);
    hideBar();
    await remove(note);
    document.getElementById("main").focus({ preventScroll: true });
  }
  return undefined;
});

/** The bar of a mark that is there: by its button, or by a press on its words. */
function openMark(uuid, element, focus) {
  const note = item(uuid);
  if (!note) return;
  chosen = null;
  open = uuid;
  opener = words.querySelector(`[data-mark-open="${uuid}"]`);
  dress(note);
  showBar(() => element.getBoundingClientRect());
  if (focus) bar.querySelector("button").focus();
}

words?.addEventListener("click", (event) => {
  const button = event.target.closest("[data-mark-open]");
  if (button) {
    // A button inside a label or a link is pressed for itself.
    event.preventDefault();
    return openMark(button.dataset.markOpen, button.closest("mark"), event.detail === 0);
  }
  const on = event.target.closest("mark[data-mark]");
  if (on && document.getSelection()?.isCollapsed && !event.target.closest("a, label, summary")) {
    openMark(on.dataset.mark, on, false);
  }
  return undefined;
});

// ---- the dialog in which a note on words is written ----

const dialog = document.querySelector("[data-note-dialog]");
const dialogText = dialog.querySelector("textarea");
const dialogSaid = dialog.querySelector("[data-note-dialog-said]");
let writing = null;

function write() {
  const note = open ? item(open) : null;
  const what = note ? null : (chosen ?? selected());
  if (!note && !what) return;
  if (what && what.anchor.exact.length > MOST_EXACT) {
    say(section.dataset.sayLong);
    return;
  }
  writing = note ? { note } : { ...what, uuid: crypto.randomUUID() };
  hideBar();
  dialogText.value = note?.querySelector("textarea[name=text]").value ?? "";
  dialogSaid.textContent = "";
  dialog.querySelector("[data-note-quote]").textContent = note ? note.dataset.exact : what.anchor.exact;
  dialog.showModal();
  dialogText.focus();
}

async function writeDone() {
  const { note } = writing;
  const text = dialogText.value;
  let answer = null;
  if (note) {
    const fields = new FormData(note.querySelector("[data-note-keep]"));
    fields.set("text", text);
    answer = await send(section.dataset.keep, fields);
    if (answer.ok) await place(listed(answer.body.html));
  } else answer = await keep(writing, lastColor, text);
  if (!answer.ok) {
    dialogSaid.textContent = answer.said;
    return;
  }
  const uuid = answer.body.note;
  document.getSelection()?.removeAllRanges();
  dialog.close();
  say(section.dataset.sayKept);
  words.querySelector(`[data-mark-open="${uuid}"]`)?.focus({ preventScroll: true });
}

dialog.querySelector("[data-note-dialog-save]").addEventListener("click", writeDone);
dialog.querySelector("[data-note-dialog-cancel]").addEventListener("click", () => dialog.close());
dialog.querySelector("form").addEventListener("submit", (event) => event.preventDefault());
dialogText.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) writeDone();
});

// ---- single keys, as player.js hands them on ----

document.addEventListener("palmar:key", (event) => {
  if (event.detail === "h") mark(lastColor);
  else if (event.detail === "m") {
    if (chosen ?? selected()) write();
    else section.querySelector("#note-new").focus();
  } else if (event.detail === "b") document.querySelector("[data-bookmark] button")?.click();
});

section.querySelector("[data-notes-how]").hidden = !words;
placeAll();
