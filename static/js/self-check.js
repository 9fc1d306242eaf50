// Answers a self-check at once. Without it the same words stand under "Show the answer".

/** Say what the chosen answers earn; where several are right, only once as many are chosen. */
function answer(check) {
  const inputs = [...check.querySelectorAll("input")];
  const said = check.querySelector("[data-says-here]");
  const chosen = inputs.filter((input) => input.checked);
  const right = inputs.filter((input) => input.hasAttribute("data-right"));
  if (chosen.length < Math.max(right.length, 1)) {
    said.textContent = "";
    delete check.dataset.state;
    return;
  }
  const all = chosen.length === right.length && chosen.every((input) => input.hasAttribute("data-right"));
  check.dataset.state = all ? "right" : "wrong";
  said.textContent = chosen.map((input) => input.dataset.says).filter(Boolean).join(" ");
}

document.addEventListener("change", (event) => {
  const check = event.target.closest?.("[data-self-check]");
  if (check) answer(check);
});
