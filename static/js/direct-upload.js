/* In the library: a clip is sent straight into the bucket while its form is filled in; the form then holds a reference
   in its place. Whatever goes wrong, the file stays in its field and is sent with the form, as without this script. */
{
  const { Controller } = window.StimulusModule;
  const SPOKEN_STEP = 25;

  class DirectUploadController extends Controller {
    static targets = ["reference", "state", "progress", "bar"];
    static values = {
      offer: String,
      kind: String,
      saySending: String,
      sayPart: String,
      saySent: String,
      sayWait: String,
      sayStopped: String,
      sayFallback: String,
    };

    connect() {
      this.input = this.element.querySelector("input[type=file]");
      this.form = this.input.form;
      this.asked = null;
      this.sending = null;
      this.chosen = () => this.begin();
      this.hold = (event) => this.holdBack(event);
      this.warn = (event) => this.busy() && event.preventDefault();
      this.input.addEventListener("change", this.chosen);
      // Before the form's own scripts, which would show that it is on its way.
      this.form.addEventListener("click", this.hold, true);
      this.form.addEventListener("submit", this.hold, true);
      window.addEventListener("beforeunload", this.warn);
    }

    disconnect() {
      this.abort();
      this.input.removeEventListener("change", this.chosen);
      this.form.removeEventListener("click", this.hold, true);
      this.form.removeEventListener("submit", this.hold, true);
      window.removeEventListener("beforeunload", this.warn);
    }

    busy() {
      return Boolean(this.asked || this.sending);
    }

    holdBack(event) {
      if (!this.busy()) return;
      if (event.type === "click" && !event.target.closest("button[type=submit], input[type=submit]")) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      this.say(this.sayWaitValue);
    }

    say(words) {
      this.stateTarget.textContent = words;
    }

    async begin() {
      this.abort();
      this.referenceTarget.value = "";
      const file = this.input.files[0];
      if (!file) return this.say("");
      const asked = (this.asked = new AbortController());
      this.show(0);
      this.spoken = 0;
      this.say(this.saySendingValue);
      const offer = await this.ask(file, asked.signal);
      if (asked.signal.aborted) return undefined;
      if (offer.title) this.input.value = ""; // refused by name or size, which it would be later too
      if (!offer.address) return this.end(offer.title || this.sayFallbackValue);
      const arrived = await this.send(file, offer);
      if (asked.signal.aborted) return undefined;
      if (!arrived) return this.end(this.sayFallbackValue);
      this.referenceTarget.value = offer.reference;
      this.input.value = "";
      return this.end(this.saySentValue.replace("{name}", () => file.name));
    }

    async ask(file, signal) {
      const body = new FormData();
      body.set("csrfmiddlewaretoken", this.form.elements.csrfmiddlewaretoken.value);
      body.set("kind", this.kindValue);
      body.set("name", file.name);
      body.set("size", file.size);
      try {
        const answer = await fetch(this.offerValue, { method: "POST", body, signal });
        return await answer.json();
      } catch {
        return {};
      }
    }

    /* Only the older way tells how much has gone. */
    send(file, offer) {
      const body = new FormData();
      for (const [name, value] of Object.entries(offer.fields)) body.set(name, value);
      body.set("file", file);
      const request = (this.sending = new XMLHttpRequest());
      return new Promise((resolve) => {
        request.upload.addEventListener("progress", (event) => {
          if (event.lengthComputable) this.show(Math.floor((100 * event.loaded) / event.total));
        });
        request.addEventListener("loadend", () => resolve(request.status >= 200 && request.status < 300));
        request.open("POST", offer.address);
        request.send(body);
      });
    }

    show(percent) {
      this.progressTarget.hidden = false;
      this.barTarget.value = percent;
      const step = percent - (percent % SPOKEN_STEP);
      if (step > this.spoken && step < 100) {
        this.spoken = step;
        this.say(this.sayPartValue.replace("{percent}", step));
      }
    }

    end(words) {
      const wasThere = this.progressTarget.contains(document.activeElement);
      this.asked = this.sending = null;
      this.progressTarget.hidden = true;
      if (wasThere) this.input.focus();
      this.say(words);
    }

    abort() {
      this.asked?.abort();
      this.sending?.abort();
      this.asked = this.sending = null;
    }

    stop() {
      this.abort();
      this.input.value = "";
      this.end(this.sayStoppedValue);
      this.input.focus();
    }
  }

  window.wagtail.app.register("direct-upload", DirectUploadController);
}
