// Keeps what a learner writes for herself, a moment after she stops typing. Without this file the button does it.

const WAIT_MS = 1200;
const AGAIN_MS = 6000;

class Reflection {
  constructor(form) {
    this.form = form;
    this.text = form.querySelector("textarea");
    this.state = form.querySelector("[data-reflection-state]");
    this.printed = form.parentElement.querySelector("[data-reflection-printed]");
    this.kept = this.text.value;
    this.timer = 0;
    this.sending = false;
    form.addEventListener("input", () => {
      this.printed.textContent = this.text.value;
      this.soon(WAIT_MS);
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.send();
    });
    addEventListener("online", () => this.send());
    document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && this.send());
    addEventListener("beforeunload", (event) => this.text.value !== this.kept && event.preventDefault());
  }

  soon(wait) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send(), wait);
  }

  say(words, state = "") {
    this.state.className = state ? `saved saved--${state}` : "saved";
    if (this.state.textContent !== words) this.state.textContent = words;
  }

  /** One request at a time, so that an older text never arrives after a newer one. */
  async send() {
    clearTimeout(this.timer);
    const text = this.text.value;
    if (this.sending || text === this.kept) return;
    this.sending = true;
    this.say(this.form.dataset.saySaving);
    let answer = null;
    try {
      answer = await fetch(this.form.action, {
        method: "POST",
        body: new FormData(this.form),
        headers: { Accept: "application/json" },
        keepalive: text.length < 15000,
      });
    } catch {
      answer = null;
    }
    this.sending = false;
    if (answer?.ok) {
      this.kept = text;
      if (this.text.value === text) this.say(this.form.dataset.saySaved);
      else this.soon(WAIT_MS);
    } else if (!answer || answer.status >= 500 || answer.status === 429) {
      this.say(this.form.dataset.sayFailed, "failed");
      this.soon(AGAIN_MS);
    } else {
      this.say((await answer.json().catch(() => null))?.title ?? this.form.dataset.sayRefused, "failed");
    }
  }
}

for (const form of document.querySelectorAll("[data-reflection]")) new Reflection(form);
