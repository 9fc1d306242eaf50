// Saves each answer of a quiz as it changes, keeps it on the phone until the server has it, and says which is which.
// Without this file the form's own buttons do the same.

const PREFIX = "palmar-quiz:";
// What follows the attempt's name where her marks to look again are kept.
const MARKS = ":marks";
const KEPT_FOR = 30 * 24 * 3600 * 1000;
const FIRST_WAIT = 2000;
const LONGEST_WAIT = 60000;
const TIMEOUT = 10000;
// So long after the last key what is being typed goes out.
const TYPING = 900;
// So many seconds after five minutes, or one, it is still said that so much is left.
const NEAR = 15;

/** What this browser keeps; a browser that keeps nothing makes `keeps` false. */
const store = {
  keeps: true,
  read(attempt) {
    try {
      return JSON.parse(localStorage.getItem(PREFIX + attempt)) ?? {};
    } catch {
      return {};
    }
  },
  write(attempt, pending) {
    try {
      if (Object.keys(pending).length) localStorage.setItem(PREFIX + attempt, JSON.stringify(pending));
      else localStorage.removeItem(PREFIX + attempt);
      this.keeps = true;
    } catch {
      this.keeps = false;
    }
  },
  /** When an answer last arrived from this tab: a page that was asked for before may not show it. */
  arrived(at) {
    try {
      if (at) sessionStorage.setItem(`${PREFIX}arrived`, at);
      return Number(sessionStorage.getItem(`${PREFIX}arrived`));
    } catch {
      return 0;
    }
  },
  /** Answers of attempts that nobody came back to do not stay for ever. */
  sweep() {
    try {
      for (const key of Object.keys(localStorage)) {
        if (!key.startsWith(PREFIX)) continue;
        const rows = Object.values(JSON.parse(localStorage.getItem(key)) ?? {});
        if (!rows.some((row) => Date.now() - row.at < KEPT_FOR)) localStorage.removeItem(key);
      }
    } catch {
      this.keeps = false;
    }
  },
};

function cookie(name) {
  return document.cookie.split("; ").find((part) => part.startsWith(`${name}=`))?.slice(name.length + 1);
}

class Quiz {
  constructor(form) {
    this.form = form;
    this.attempt = form.dataset.quiz;
    this.words = form.dataset;
    this.status = form.querySelector("[data-status]");
    this.questions = new Map([...form.querySelectorAll("[data-question]")].map((box) => [box.dataset.question, box]));
    // Sequences follow the server's clock, so that two windows and two devices agree which change is newer.
    this.ahead = Number(this.words.now) - Date.now();
    this.pending = store.read(this.attempt);
    // Her marks to look again that the server does not have yet, by question.
    this.marks = store.read(this.attempt + MARKS);
    this.flying = new Set();
    this.wait = FIRST_WAIT;
    this.stopped = false;
    this.signedOut = false;
    this.cutOff = false;
    this.timer = 0;
    this.slow = 0;
    this.typing = new Map();

    for (const button of form.querySelectorAll("[data-save]")) button.hidden = true;
    this.restore();
    for (const button of form.querySelectorAll("[data-flag]")) {
      button.addEventListener("click", (event) => this.flag(event, button));
    }
    if (this.words.left) this.clock = new Clock(form, this);
    if (this.words.place) this.pages = new Pages(form);
    form.addEventListener("change", (event) => this.changed(event.target.closest("[data-question]"), event.target));
    form.addEventListener("input", (event) => this.typed(event.target));
    form.addEventListener("keydown", (event) => this.entered(event));
    for (const box of this.questions.values()) this.picture(box);
    form.addEventListener("submit", (event) => this.submitting(event));
    addEventListener("online", () => this.again());
    addEventListener("focus", () => this.back());
    addEventListener("pagehide", () => this.leaving());
    addEventListener("pageshow", (event) => {
      // A page out of the browser's memory may be older than what other windows saved.
      if (event.persisted) location.reload();
    });
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") this.back();
    });
  }

  /** Put back what was kept here and never reached the server, unless the server has something newer. */
  restore() {
    for (const [id, row] of Object.entries(this.pending)) {
      const box = this.questions.get(id);
      if (!box || row.sequence <= Number(box.dataset.sequence)) delete this.pending[id];
      else this.show(box, row.answer);
    }
    store.write(this.attempt, this.pending);
    for (const [id, mark] of Object.entries(this.marks)) {
      const box = this.questions.get(id);
      if (!box || this.flagged(box) === mark.on) delete this.marks[id];
      else this.showFlag(box, mark.on);
    }
    this.keepMarks();
    this.tally();
    if (this.waits()) this.again();
    else if (store.arrived() > performance.timeOrigin) this.refresh();
  }

  controls(box) {
    return [...box.querySelectorAll("[name^='a-']")];
  }

  /** What the question's fields say: a list, or by part where they name parts. Empty fields are left out. */
  answer(box) {
    const filled = this.controls(box).filter((control) =>
      ["radio", "checkbox"].includes(control.type) ? control.checked : control.value.trim(),
    );
    if (box.dataset.shape === "list") return filled.map((control) => control.value);
    return Object.fromEntries(filled.map((control) => [control.dataset.part, control.value]));
  }

  /** Put an answer into the fields: as the server keeps it, or as `answer` gave it. */
  show(box, answer) {
    delete box.dataset.last;
    const parts = this.parts(box, answer);
    for (const control of this.controls(box)) {
      if (["radio", "checkbox"].includes(control.type)) control.checked = answer.includes(control.value);
      else control.value = (control.dataset.part ? parts[control.dataset.part] : answer[0]) ?? "";
    }
    this.mark(box);
  }

  parts(box, answer) {
    if (!Array.isArray(answer)) return answer;
    if (box.dataset.shape === "order") return Object.fromEntries(answer.map((key, place) => [key, String(place + 1)]));
    return Object.fromEntries(
      answer.map((piece) => [piece.slice(0, piece.indexOf("=")), piece.slice(piece.indexOf("=") + 1)]),
    );
  }

  filled(box) {
    return Object.keys(this.answer(box)).length;
  }

  /** An order is whole or none: until each has its place there is nothing to keep. */
  whole(box) {
    if (box.dataset.shape !== "order") return true;
    const total = this.controls(box).length;
    const places = new Set(Object.values(this.answer(box)));
    const rest = box.querySelector("[data-rest]");
    rest.hidden = places.size === 0 || places.size === total;
    const text = rest.dataset.rest.replace("{number}", total - places.size);
    if (!rest.hidden && rest.textContent !== text) rest.textContent = text;
    return rest.hidden;
  }

  /** Two never have one place: who had it takes what the other leaves. */
  swap(box, control) {
    const before = control.dataset.before ?? "";
    for (const other of this.controls(box)) {
      if (other !== control && control.value && other.value === control.value) other.value = before;
    }
    this.mark(box);
  }

  /** Remember places for the next swap, and color the marks of what is chosen. */
  mark(box) {
    for (const control of this.controls(box)) {
      if (box.dataset.shape === "order") control.dataset.before = control.value;
      if (!control.dataset.letter) continue;
      const on = control.type === "radio" || control.type === "checkbox" ? control.checked : control.value !== "";
      box.querySelector(`[data-mark="${control.dataset.letter}"]`)?.classList.toggle("spotted__mark--on", on);
    }
  }

  /** On a picture the nearest mark is chosen, or its list opened for choosing. */
  picture(box) {
    this.mark(box);
    const figure = box.querySelector("[data-figure]");
    if (!figure || box.disabled) return;
    figure.classList.add("spotted--live");
    figure.querySelector("svg").addEventListener("click", (event) => {
      const far = (mark) => {
        const { x, y, width, height } = mark.getBoundingClientRect();
        return Math.hypot(x + width / 2 - event.clientX, y + height / 2 - event.clientY);
      };
      const marks = [...figure.querySelectorAll("[data-mark]")];
      const nearest = marks.reduce((best, mark) => (far(mark) < far(best) ? mark : best));
      const control = box.querySelector(`[data-letter="${nearest.dataset.mark}"]`);
      if (control.matches("select")) control.focus();
      else control.click();
    });
  }

  /** What is typed goes out when the keys rest; leaving the field sends it at once. */
  typed(control) {
    if (!control.matches("textarea, input:not([type=radio]):not([type=checkbox])")) return;
    const box = control.closest("[data-question]");
    if (!box) return;
    this.count(box, control);
    clearTimeout(this.typing.get(box));
    this.typing.set(box, setTimeout(() => this.changed(box, control), TYPING));
  }

  /** Say how many words stand in a text, as the server counts them: what holds a letter or a digit. */
  count(box, control) {
    const said = box.querySelector("[data-wordcount]");
    if (said) said.textContent = control.value.split(/\s+/u).filter((piece) => /[\p{L}\p{N}]/u.test(piece)).length;
  }

  /** The enter key in a field saves it; it does not hand the quiz in. */
  entered(event) {
    if (event.key !== "Enter" || event.isComposing || !event.target.matches("input") || !event.target.closest("[data-question]")) return;
    event.preventDefault();
    this.changed(event.target.closest("[data-question]"), event.target);
  }

  changed(box, control) {
    if (!box) return;
    clearTimeout(this.typing.get(box));
    this.typing.delete(box);
    if (box.dataset.shape === "order" && control) this.swap(box, control);
    this.mark(box);
    const id = box.dataset.question;
    if (!this.whole(box)) return this.tally();
    const answer = this.answer(box);
    // Leaving a field after its rest changes nothing more.
    const last = JSON.stringify(answer);
    if (box.dataset.last === last) return;
    box.dataset.last = last;
    const known = Math.max(Number(box.dataset.sequence), this.pending[id]?.sequence ?? 0);
    const sequence = Math.max(Math.floor(Date.now() + this.ahead), known + 1);
    this.pending[id] = { answer, sequence, at: Date.now() };
    store.write(this.attempt, this.pending);
    this.tally();
    this.stopped = false;
    this.send(id);
  }

  async send(id) {
    const row = this.pending[id];
    if (!row || this.flying.has(id) || this.stopped) return;
    const box = this.questions.get(id);
    this.flying.add(id);
    this.saving();
    let response;
    try {
      response = await fetch(box.dataset.url, this.request(row, AbortSignal.timeout(TIMEOUT)));
    } catch {
      response = null;
    }
    this.flying.delete(id);
    if (response?.ok) await this.arrived(id, box, row, await response.json().catch(() => null));
    else if (response && response.status < 500 && response.status !== 429) await this.refused(id, box, row, response);
    else this.later();
  }

  request(row, signal) {
    return {
      method: "PUT",
      credentials: "same-origin",
      signal,
      headers: { "Content-Type": "application/json", "X-CSRFToken": this.token() },
      body: JSON.stringify({ answer: row.answer, sequence: row.sequence }),
    };
  }

  /** Signing in again in another window makes a new token; the cookie has it. */
  token() {
    const hidden = this.form.elements.csrfmiddlewaretoken;
    const fresh = cookie("csrftoken");
    if (fresh) hidden.value = fresh;
    return hidden.value;
  }

  async arrived(id, box, row, kept) {
    if (!kept) return this.later();
    store.arrived(Date.now());
    this.wait = FIRST_WAIT;
    box.dataset.sequence = Math.max(Number(box.dataset.sequence), kept.sequence);
    box.querySelector("[data-was]").value = JSON.stringify(kept.answer);
    this.complain(box, "");
    const newer = this.pending[id]?.sequence !== row.sequence;
    if (!newer) delete this.pending[id];
    store.write(this.attempt, this.pending);
    if (newer) return this.send(id);
    // What happened while she was signed out only the server knows.
    if (this.signedOut) this.refresh();
    this.signedOut = false;
    if (kept.state === "older") {
      this.show(box, kept.answer);
      this.tally();
      return this.say("saved", this.words.older.replace("{number}", box.dataset.position));
    }
    if (!Object.keys(this.pending).length) {
      const time = new Date(kept.saved_at).toLocaleTimeString(document.documentElement.lang, {
        timeStyle: "short",
        timeZone: this.words.zone,
      });
      this.say("saved", this.words.saved.replace("{time}", time));
    }
  }

  async refused(id, box, row, response) {
    if (response.status === 401 || response.status === 403) {
      this.stopped = true;
      this.signedOut = true;
      this.say("failed", this.words.signedOut);
      return this.retry();
    }
    if (response.status === 422) {
      // What was typed stays in its field; the server's sentence beside it says what to write.
      const problem = await response.json().catch(() => ({}));
      if (this.pending[id]?.sequence !== row.sequence) return this.send(id);
      delete this.pending[id];
      store.write(this.attempt, this.pending);
      this.complain(box, problem.title ?? this.words.unkept);
      return this.say("failed", this.words.unread.replace("{number}", box.dataset.position));
    }
    // Closed, handed in elsewhere, or no longer hers: the server's sentence says which; asking again would not help.
    const problem = await response.json().catch(() => ({}));
    if (this.pending[id]?.sequence === row.sequence) delete this.pending[id];
    store.write(this.attempt, this.pending);
    this.say("failed", problem.title ?? this.words.unkept);
  }

  /** The sentence beside a question; none takes it away. */
  complain(box, sentence) {
    const error = box.querySelector("[data-error]");
    error.hidden = !sentence;
    error.querySelector("span").textContent = sentence;
    for (const control of this.controls(box)) {
      if (!control.matches("input:not([type=radio]):not([type=checkbox]), select")) continue;
      if (sentence) control.setAttribute("aria-invalid", "true");
      else control.removeAttribute("aria-invalid");
    }
    this.tally();
  }

  /** The network or the server failed: say so, and try again, less and less often. */
  later() {
    this.say("offline", store.keeps ? this.words.kept : this.words.unkept);
    this.retry();
  }

  retry() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.again(true), this.wait * (0.75 + Math.random() / 2));
  }

  again(patient = false) {
    clearTimeout(this.timer);
    this.wait = patient ? Math.min(this.wait * 2, LONGEST_WAIT) : FIRST_WAIT;
    this.stopped = false;
    for (const id of Object.keys(this.pending)) this.send(id);
    for (const id of Object.keys(this.marks)) this.sendFlag(id);
    if (this.cutOff && navigator.onLine && !this.waits()) this.refresh();
  }

  /** Whether something of hers has not reached the server. */
  waits() {
    return Object.keys(this.pending).length + Object.keys(this.marks).length > 0;
  }

  /** She comes back to this window: what waits goes out, and what she did in another one is shown. */
  back() {
    this.again();
    if (!Object.keys(this.pending).length) this.refresh();
  }

  /** Show the tally, the overview and the answers as the server has them; a failure leaves all as it is. */
  async refresh() {
    if (this.asking) return;
    this.asking = true;
    let page;
    try {
      const response = await fetch(location.pathname + location.search, { credentials: "same-origin", signal: AbortSignal.timeout(TIMEOUT) });
      page = new DOMParser().parseFromString(await response.text(), "text/html");
    } catch {
      return;
    } finally {
      this.asking = false;
    }
    // Signed out, or handed in meanwhile: then it is another page.
    if (page.querySelector("[data-quiz]")?.dataset.quiz !== this.attempt) return;
    for (const fresh of page.querySelectorAll("[data-pip]")) {
      const pip = this.form.querySelector(`[data-pip="${fresh.dataset.pip}"]`);
      pip.className = fresh.className;
      pip.replaceChildren(...fresh.childNodes);
    }
    for (const fresh of page.querySelectorAll("[data-flag]")) {
      const id = fresh.dataset.flag;
      this.showFlag(this.questions.get(id), this.marks[id]?.on ?? fresh.getAttribute("aria-pressed") === "true");
    }
    for (const fresh of page.querySelectorAll("[data-question]")) {
      const id = fresh.dataset.question;
      const box = this.questions.get(id);
      if (this.pending[id] || this.typing.has(box) || Number(fresh.dataset.sequence) <= Number(box.dataset.sequence)) continue;
      const was = fresh.querySelector("[data-was]").value;
      box.dataset.sequence = fresh.dataset.sequence;
      box.querySelector("[data-was]").value = was;
      this.show(box, JSON.parse(was));
    }
    this.tally();
    if (!this.cutOff) return;
    this.cutOff = false;
    const said = page.querySelector("[data-status] span");
    if (said) this.say("saved", said.textContent);
  }

  /** Whatever has not arrived is sent once more while the page goes; it is kept here in any case. */
  leaving() {
    for (const box of this.typing.keys()) this.changed(box);
    for (const [id, row] of Object.entries(this.pending)) {
      fetch(this.questions.get(id).dataset.url, { ...this.request(row), keepalive: true }).catch(() => {});
    }
    for (const [id, mark] of Object.entries(this.marks)) {
      fetch(this.words.flagUrl, { ...this.flagRequest(id, mark), keepalive: true }).catch(() => {});
    }
  }

  submitting(event) {
    const to = event.submitter?.value.startsWith("go:") ? Number(event.submitter.value.slice(3)) : 0;
    if (to && this.pages) {
      event.preventDefault();
      return this.pages.go(to);
    }
    if (!navigator.onLine) {
      event.preventDefault();
      this.cutOff = true;
      return this.say("offline", store.keeps ? this.words.offline : this.words.unkept);
    }
    if (this.sent && Date.now() - this.sent < TIMEOUT) event.preventDefault();
    else this.sent = Date.now();
    this.token();
  }

  saving() {
    clearTimeout(this.slow);
    this.slow = setTimeout(() => {
      if (this.flying.size) this.say("saving", this.words.saving, "loading");
    }, 400);
  }

  say(state, text, icon = { saved: "saved", offline: "offline", failed: "warning" }[state]) {
    if (!this.status) return;
    this.status.className = `saved saved--${state}`;
    const use = this.status.querySelector("use");
    use?.setAttribute("href", use.getAttribute("href").replace(/#.*$/, `#${icon}`));
    const words = this.status.querySelector("span");
    if (words.textContent !== text) words.textContent = text;
  }

  tally() {
    for (const box of this.questions.values()) {
      const done = this.filled(box) > 0 && this.whole(box) && box.querySelector("[data-error]").hidden;
      const pip = this.pip(box);
      pip.classList.toggle("done", done);
      pip.querySelector("[data-pip-answered]").textContent = `, ${done ? this.words.answered : this.words.unanswered}`;
    }
    this.form.querySelector("[data-tally]").textContent = this.words.count
      .replace("{answered}", this.form.querySelectorAll("[data-pip].done").length)
      .replace("{total}", this.words.total);
  }

  pip(box) {
    return this.form.querySelector(`[data-pip="${box.dataset.position}"]`);
  }

  flagged(box) {
    return box.querySelector("[data-flag]").getAttribute("aria-pressed") === "true";
  }

  showFlag(box, on) {
    const button = box.querySelector("[data-flag]");
    button.value = `flag:${box.dataset.question}:${on ? 0 : 1}`;
    button.setAttribute("aria-pressed", String(on));
    const pip = this.pip(box);
    pip.classList.toggle("flag", on);
    pip.querySelector("[data-pip-flag]").hidden = !on;
  }

  keepMarks() {
    store.write(this.attempt + MARKS, this.marks);
  }

  /** Her mark to look again: shown at once, kept here until the server has it. */
  flag(event, button) {
    event.preventDefault();
    const id = button.dataset.flag;
    const on = !this.flagged(this.questions.get(id));
    this.marks[id] = { on, at: Date.now() };
    this.keepMarks();
    this.showFlag(this.questions.get(id), on);
    this.sendFlag(id);
  }

  flagRequest(id, mark, signal) {
    const body = new URLSearchParams({ question: id, flagged: mark.on ? 1 : 0, csrfmiddlewaretoken: this.token() });
    return { method: "POST", body, credentials: "same-origin", signal };
  }

  async sendFlag(id) {
    const mark = this.marks[id];
    const name = `flag:${id}`;
    if (!mark || this.flying.has(name)) return;
    this.flying.add(name);
    let kept;
    try {
      kept = await fetch(this.words.flagUrl, this.flagRequest(id, mark, AbortSignal.timeout(TIMEOUT)));
    } catch {
      kept = null;
    }
    this.flying.delete(name);
    if (!kept || kept.status >= 500 || kept.status === 429) return this.later();
    // Signed out, it waits as answers do, until she is back.
    if (kept.redirected || kept.status === 401 || kept.status === 403) {
      this.signedOut = true;
      this.say("failed", this.words.signedOut);
      return this.retry();
    }
    if (this.marks[id] !== mark) return this.sendFlag(id);
    delete this.marks[id];
    this.keepMarks();
    if (!kept.ok) {
      this.showFlag(this.questions.get(id), !mark.on);
      return this.say("failed", kept.status === 409 ? await kept.text() : this.words.unflagged);
    }
    // What was said while it waited is no longer so; only the server knows what is.
    if (!this.waits() && this.status?.matches(".saved--offline, .saved--failed")) {
      this.cutOff = true;
      this.refresh();
    }
  }

  /** The time is over: what is typed goes out, and the page comes back as the server has it. */
  over() {
    for (const box of this.typing.keys()) this.changed(box);
    this.say("failed", this.words.over);
    const waits = Object.keys(this.pending).length ? Number(this.words.grace) * 1000 : 2000;
    setTimeout(() => location.assign(this.form.getAttribute("action") + location.search), Math.max(waits, 2000));
  }
}

/** Shows one question at a time; all of them stand in the page, and the address names the one that is shown. */
class Pages {
  constructor(form) {
    this.form = form;
    this.said = form.querySelector("[data-place-said]");
    this.bar = form.querySelector(".quizbar");
    this.pages = [...form.querySelectorAll("[data-page]")];
    this.place = Number(form.dataset.place);
    // A reload, and a way back to here, open the same question.
    if (this.place !== this.named()) history.replaceState(null, "", this.address(this.place));
    // Each question begins at its beginning, however far the last one was read.
    history.scrollRestoration = "manual";
    addEventListener("popstate", () => {
      // A link to another part of this page is no way to another question.
      if (this.named() !== this.place) this.show(this.named());
    });
  }

  address(place) {
    return `${location.pathname}?q=${place}#q${place}`;
  }

  /** The place of the question that the address names; the first where it names none. */
  named() {
    const place = Number(new URLSearchParams(location.search).get("q")) || 1;
    return Math.min(Math.max(Math.trunc(place), 1), this.pages.length);
  }

  go(place) {
    if (place !== this.place) history.pushState(null, "", this.address(place));
    this.show(place);
  }

  show(place) {
    this.place = place;
    for (const page of this.pages) page.hidden = Number(page.dataset.page) !== place;
    this.form.elements.place.value = place;
    for (const pip of this.form.querySelectorAll("[data-pip]")) {
      if (Number(pip.dataset.pip) === place) pip.setAttribute("aria-current", "true");
      else pip.removeAttribute("aria-current");
    }
    const page = this.pages[place - 1];
    page.focus({ preventScroll: true });
    // Right below what sticks to the top, which is higher where the time runs.
    const top = scrollY + page.getBoundingClientRect().top - this.bar.offsetHeight;
    scrollTo({ top, behavior: "instant" });
    // The focus tells its number and what it asks; what the overview says of it is told beside that.
    const states = [...this.form.querySelectorAll(`[data-pip="${place}"] > span:not([hidden])`)].map((part) => part.textContent);
    this.said.textContent = this.form.dataset.at.replace("{number}", place) + states.join("");
  }
}

/** Tells how much time is left: what the server said when it made the page, counted on by a clock that nobody sets. */
class Clock {
  constructor(form, quiz) {
    this.quiz = quiz;
    this.words = form.dataset;
    this.shown = form.querySelector("[data-time]");
    this.text = form.querySelector("[data-left-words]");
    this.said = form.querySelector("[data-time-said]");
    this.end = performance.now() + Number(this.words.left);
    this.before = Infinity;
    this.tick();
    this.beat = setInterval(() => this.tick(), 1000);
  }

  tick() {
    const left = Math.max(Math.ceil((this.end - performance.now()) / 1000), 0);
    const words = left > 120 ? this.words.leftMinutes.replace("{minutes}", Math.ceil(left / 60)) : this.words.leftSeconds.replace("{seconds}", left);
    if (this.text.textContent !== words) this.text.textContent = words;
    this.shown.classList.toggle("quizbar__left--low", left <= 300);
    const crossed = [60, 300].find((mark) => left <= mark && this.before > mark);
    if (crossed && left) this.said.textContent = this.sentence(crossed, left);
    this.before = left;
    if (left) return;
    clearInterval(this.beat);
    // The status says that it is over, and what happens.
    this.said.textContent = "";
    this.quiz.over();
  }

  /** The mark's own words while it is near; what is really left in a page that was opened, or woke, below it. */
  sentence(mark, left) {
    if (this.before < Infinity && mark - left < NEAR) return mark === 60 ? this.words.one : this.words.five;
    return this.words.less.replace("{minutes}", Math.ceil(left / 60));
  }
}

store.sweep();
const form = document.querySelector("form[data-quiz]");
if (form) new Quiz(form);
const done = document.querySelector("[data-quiz-done]");
if (done) for (const what of ["", MARKS]) store.write(done.dataset.quizDone + what, {});
