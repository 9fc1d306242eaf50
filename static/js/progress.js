// Looks again by itself while work goes on; without it the link "Look again" does the same.

const PAUSE = 2000;

function pause() {
  return Number(document.querySelector("[data-progress]")?.dataset.pause) || PAUSE;
}

async function look() {
  const here = document.querySelector("[data-progress]");
  if (!here) return;
  try {
    const answer = await fetch(location.href, { headers: { "X-Requested-With": "fetch" } });
    if (answer.redirected) {
      location.replace(answer.url);
      return;
    }
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const now = page.querySelector("[data-progress]");
    if (!now) return;
    const label = (part) => part.querySelector(".progress__label")?.textContent ?? part.querySelector("h1").textContent;
    const said = label(now);
    // What is being done is said once when it changes, not each number.
    if (said !== label(here)) document.querySelector("[data-progress-said]").textContent = said;
    const focused = here.contains(document.activeElement);
    here.replaceWith(now);
    if (focused) now.querySelector("a")?.focus();
    if (!now.querySelector("progress")) return;
  } catch {
    // No connection: the next look may have one.
  }
  setTimeout(look, pause());
}

setTimeout(look, pause());
