// Shows that a form is being worked on until its answer comes; without it the browser's own sign does the same.

for (const form of document.querySelectorAll("form[data-working]")) {
  const shown = document.getElementById(form.dataset.working);
  form.addEventListener("submit", () => {
    shown.hidden = false;
    shown.scrollIntoView({ block: "nearest" });
    document.querySelector("[data-working-said]").textContent = shown.querySelector(".progress__label").textContent;
  });
  // A page out of the browser's memory waits for nothing.
  addEventListener("pageshow", () => (shown.hidden = true));
}
