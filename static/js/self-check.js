// Answers a self-check at once, and has the answer kept where a form for it stands. Without this file the form's own
// button does the same, and the same words stand under "Show the answer".

/** Say what the chosen answers earn; where several are right, only once as many are chosen. Whether it is an answer. */
function answer(check) {
  const inputs = [...check.querySelectorAll("input[data-choice]")];
  const said = check.querySelector("[data-says-here]");
  const chosen = inputs.filter((input) => input.checked);
  const right = inputs.filter((input) => input.hasAttribute("data-right"));
  if (chosen.length < Math.max(right.length, 1)) {
    said.textContent = "";
    delete check.dataset.state;
    return false;
  }
  const all = chosen.length === right.length && chosen.every((input) => input.hasAttribute("data-right"));
  check.dataset.state = all ? "right" : "wrong";
  said.textContent = chosen.map((input) => input.dataset.says).filter(Boolean).join(" ");
  return true;
}

/** Send the answer; the server judges it by itself. A preview has no form, so nothing is sent. */
async function keep(check) {
  const form = check.querySelector("form[data-check-own]");
  if (!form) return;
  let kept = false;
  try {
    kept = (
      await fetch(form.action, { method: "POST", body: new FormData(form), headers: { Accept: "application/json" } })
    ).ok;
  } catch {
    kept = false;
  }
  if (!kept) check.querySelector("[data-says-here]").textContent += ` ${form.dataset.sayFailed}`;
}

document.addEventListener("change", (event) => {
  const check = event.target.matches("[data-choice]") && event.target.closest("[data-self-check]");
  if (!check) return;
  check.querySelector("[data-check-kept]")?.remove();
  if (answer(check)) keep(check);
});

for (const check of document.querySelectorAll("[data-self-check]")) {
  const button = check.querySelector("[data-check-send]");
  if (button) button.hidden = true;
  answer(check);
}
