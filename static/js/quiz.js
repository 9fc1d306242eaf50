// Saves each answer of a quiz as it changes, keeps it on the phone until the server has it, and says which is which.
// Without this file the form's own buttons do the same.

const PREFIX = "palmar-quiz:";
const KEPT_FOR = 30 * 24 * 3600 * 1000;
const FIRST_WAIT = 2000;
const LONGEST_WAIT = 60000;
const TIMEOUT = 10000;

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
    this.flying = new Set();
    this.wait = FIRST_WAIT;
    this.stopped = false;
    this.timer = 0;
    this.slow = 0;

    for (const button of form.querySelectorAll("[data-save]")) button.hidden = true;
    this.restore();
    form.addEventListener("change", (event) => this.changed(event.target.closest("[data-question]")));
    form.addEventListener("submit", (event) => this.submitting(event));
    addEventListener("online", () => this.again());
    addEventListener("pagehide", () => this.leaving());
    addEventListener("pageshow", (event) => {
      // A page out of the browser's memory may be older than what other windows saved.
      if (event.persisted) location.reload();
    });
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") this.again();
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
    this.tally();
    if (Object.keys(this.pending).length) this.again();
  }

  controls(box) {
    return [...box.querySelectorAll("input[type=radio], input[type=checkbox]")];
  }

  answer(box) {
    return this.controls(box)
      .filter((control) => control.checked)
      .map((control) => control.value);
  }

  show(box, answer) {
    for (const control of this.controls(box)) control.checked = answer.includes(control.value);
  }

  changed(box) {
    if (!box) return;
    const id = box.dataset.question;
    const known = Math.max(Number(box.dataset.sequence), this.pending[id]?.sequence ?? 0);
    const sequence = Math.max(Math.floor(Date.now() + this.ahead), known + 1);
    this.pending[id] = { answer: this.answer(box), sequence, at: Date.now() };
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
    if (response?.ok) await this.arrived(id, row, await response.json().catch(() => null));
    else if (response && response.status < 500 && response.status !== 429) await this.refused(id, row, response);
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

  async arrived(id, row, kept) {
    if (!kept) return this.later();
    const box = this.questions.get(id);
    this.wait = FIRST_WAIT;
    box.dataset.sequence = Math.max(Number(box.dataset.sequence), kept.sequence);
    box.querySelector("[data-was]").value = kept.answer.join(",");
    const newer = this.pending[id]?.sequence !== row.sequence;
    if (!newer) delete this.pending[id];
    store.write(this.attempt, this.pending);
    if (newer) return this.send(id);
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

  async refused(id, row, response) {
    if (response.status === 401 || response.status === 403) {
      this.stopped = true;
      return this.say("failed", this.words.signedOut);
    }
    // Closed, handed in elsewhere, or no longer hers: the server's sentence says which; asking again would not help.
    const problem = await response.json().catch(() => ({}));
    if (this.pending[id]?.sequence === row.sequence) delete this.pending[id];
    store.write(this.attempt, this.pending);
    this.say("failed", problem.title ?? this.words.unkept);
  }

  /** The network or the server failed: say so, and try again, less and less often. */
  later() {
    this.say("offline", store.keeps ? this.words.kept : this.words.unkept);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.again(true), this.wait * (0.75 + Math.random() / 2));
  }

  again(patient = false) {
    clearTimeout(this.timer);
    this.wait = patient ? Math.min(this.wait * 2, LONGEST_WAIT) : FIRST_WAIT;
    this.stopped = false;
    for (const id of Object.keys(this.pending)) this.send(id);
  }

  /** Whatever has not arrived is sent once more while the page goes; it is kept here in any case. */
  leaving() {
    for (const [id, row] of Object.entries(this.pending)) {
      const url = this.questions.get(id)?.dataset.url;
      if (url) fetch(url, { ...this.request(row), keepalive: true }).catch(() => {});
    }
  }

  submitting(event) {
    if (!navigator.onLine) {
      event.preventDefault();
      this.say("offline", this.words.offline);
      return;
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
    let answered = 0;
    for (const box of this.questions.values()) {
      const done = this.answer(box).length > 0;
      answered += done;
      const pip = this.form.querySelector(`[data-pip="${box.dataset.position}"]`);
      pip.classList.toggle("done", done);
      pip.querySelector(".sr").textContent = `, ${done ? this.words.answered : this.words.unanswered}`;
    }
    this.form.querySelector("[data-tally]").textContent = this.words.count
      .replace("{answered}", answered)
      .replace("{total}", this.questions.size);
  }
}

store.sweep();
const form = document.querySelector("form[data-quiz]");
if (form) new Quiz(form);
const done = document.querySelector("[data-quiz-done]");
if (done) store.write(done.dataset.quizDone, {});
