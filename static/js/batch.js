// Asks how far a list of certificates is; without it "Look again" does the same.

const PAUSE = 2000;
const here = document.querySelector("[data-batch]");

async function look() {
  try {
    const answer = await fetch(here.dataset.batch, { headers: { Accept: "application/json" } });
    if (!answer.ok) return; // logged out, or no longer hers: the page says so when it is loaded
    const told = await answer.json();
    if (told.state !== here.dataset.state) {
      location.reload();
      return;
    }
    const bar = here.querySelector("progress");
    bar.max = told.of;
    bar.value = told.done;
    here.querySelector("[data-batch-said]").textContent = told.said;
  } catch {
    // No connection: the next look may have one.
  }
  setTimeout(look, PAUSE);
}

if (here) setTimeout(look, PAUSE);
