// The question whether somebody is there. The clock (study.js) says that one waits; this shows it and hands the answer
// back. It opens above the page, says what to do, and can be put aside: the clock stands still until it is answered.

const dialog = document.querySelector("[data-presence]");

if (dialog) {
  const sentence = dialog.querySelector("[data-presence-sentence]");
  const hint = dialog.querySelector("[data-presence-hint]");
  const choices = dialog.querySelector("[data-presence-choices]");
  let asked = null;
  let shown = 0;
  let deadline = 0;
  let timer = 0;

  const back = () => document.querySelectorAll("[data-presence-open]");

  function words() {
    const left = Math.ceil((deadline - performance.now()) / 1000);
    // What is really left, every few seconds; no live region, for a voice that counts helps nobody.
    hint.textContent = left > 0 ? dialog.dataset.inTime.replace("%s", String(left)) : dialog.dataset.late;
    if (left <= 0) clearInterval(timer);
  }

  function show() {
    if (!dialog.open) dialog.showModal();
    dialog.querySelector("h2").focus();
    for (const button of back()) button.hidden = true;
  }

  document.addEventListener("palmar:presence", (event) => {
    const before = asked;
    asked = event.detail;
    clearInterval(timer);
    if (!asked) {
      if (dialog.open) dialog.close();
      for (const button of back()) button.hidden = true;
      return;
    }
    if (before && before.question !== asked.question) {
      dialog.querySelector("[data-presence-wrong]").hidden = false;
    } else if (!before) {
      dialog.querySelector("[data-presence-wrong]").hidden = true;
    }
    sentence.textContent = asked.sentence;
    choices.replaceChildren(
      ...asked.choices.map((word, place) => {
        const button = document.createElement("button");
        button.type = "button";
        button.className = "btn";
        button.textContent = word;
        button.addEventListener("click", () => {
          document.dispatchEvent(
            new CustomEvent("palmar:answer", { detail: { question: asked.question, choice: place } }),
          );
        });
        return button;
      }),
    );
    deadline = performance.now() + asked.seconds_left * 1000;
    words();
    timer = setInterval(words, 5000);
    if (shown !== asked.question || !dialog.open) show();
    shown = asked.question;
  });

  document.addEventListener("palmar:presence-unheard", () => {
    hint.textContent = dialog.dataset.unheard;
  });

  dialog.addEventListener("close", () => {
    for (const button of back()) button.hidden = !asked;
  });
  dialog.querySelector("[data-presence-later]").addEventListener("click", () => dialog.close());
  for (const button of back()) button.addEventListener("click", show);
}
