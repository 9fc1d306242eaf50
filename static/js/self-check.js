// Answers a self-check at once. Without it the same words stand under "Show the answer".

/** Say what the chosen answers earn; with several right ones, only when as many are chosen. */
function answer(check, box) {
  const inputs = [...check.querySelectorAll("input")];
  const said = check.querySelector("[data-says-here]");
  const chosen = inputs.filter((input) => input.checked);
  const wanted = inputs.filter((input) => input.hasAttribute("data-right"));
  if (chosen.length === 0 || (box.type === "checkbox" && chosen.length < wanted.length)) {
    said.textContent = "";
    delete check.dataset.state;
    return;
  }
  const right = chosen.length === wanted.length && chosen.every((input) => input.hasAttribute("data-right"));
  check.dataset.state = right ? "right" : "wrong";
  said.textContent = chosen.map((input) => input.dataset.says).filter(Boolean).join(" ");
}

document.addEventListener("change", (event) => {
  const check = event.target.closest?.("[data-self-check]");
  if (check) answer(check, event.target);
});
