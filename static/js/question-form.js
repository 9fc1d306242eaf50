// Spares an author of questions the ways to the server: a kind or picture that is chosen is shown at once, rows are
// added in place, and places are set by a click on the picture. Without this file the form's buttons do the same.

const form = document.querySelector("form[data-edit-form]");
const SVG = "http://www.w3.org/2000/svg";
const RADIUS = 3.5;

function rowsOf(group) {
  return [...form.querySelectorAll(`[data-rows="${group}"] [data-row]`)];
}

function addRow(group) {
  const set = form.querySelector(`[data-rows="${group}"]`);
  const total = set.querySelector(`[name="${group}-TOTAL_FORMS"]`);
  const most = Number(set.querySelector(`[name="${group}-MAX_NUM_FORMS"]`).value);
  const place = Number(total.value);
  if (place >= most) return null;
  const html = set.querySelector("template[data-new-row]").innerHTML;
  const list = set.querySelector("ol");
  list.insertAdjacentHTML("beforeend", html.replaceAll("__prefix__", place).replaceAll("__number__", place + 1));
  total.value = place + 1;
  // What was the last row may move down now.
  list.querySelector("[data-row]:nth-last-child(2) button[value^=down]")?.removeAttribute("disabled");
  list.querySelector("[data-row]:last-child button[value^=down]").setAttribute("disabled", "");
  return list.lastElementChild;
}

class Stage {
  constructor(picture) {
    this.picture = picture;
    this.group = picture.dataset.stage;
    this.held = null;
    const [, , width, height] = picture.getAttribute("viewBox").split(" ").map(Number);
    this.width = width;
    this.height = height;
    picture.addEventListener("click", (event) => this.clicked(event));
    form.addEventListener("input", () => this.draw());
    form.addEventListener("focusin", (event) => this.current(event.target.closest("[data-row]")));
    this.draw();
  }

  field(row, name) {
    return row.querySelector(`[name$="-${name}"]`);
  }

  current(row) {
    for (const one of rowsOf(this.group)) one.classList.toggle("asked__choice--current", one === row);
  }

  draw() {
    for (const mark of this.picture.querySelectorAll("g")) mark.remove();
    rowsOf(this.group).forEach((row, index) => {
      const [x, y] = [this.field(row, "x"), this.field(row, "y")];
      if (x.value === "" || y.value === "") return;
      const radius = (Number(this.field(row, "r")?.value || RADIUS) * this.width) / 100;
      const mark = document.createElementNS(SVG, "g");
      mark.setAttribute("class", `stage__mark${this.held === row ? " stage__mark--held" : ""}`);
      mark.dataset.place = index;
      const circle = document.createElementNS(SVG, "circle");
      const text = document.createElementNS(SVG, "text");
      const at = { x: (Number(x.value) * this.width) / 100, y: (Number(y.value) * this.height) / 100 };
      for (const [name, value] of Object.entries({ cx: at.x, cy: at.y, r: radius })) circle.setAttribute(name, value);
      for (const [name, value] of Object.entries(at)) text.setAttribute(name, value);
      text.setAttribute("font-size", radius);
      text.textContent = index + 1;
      mark.append(circle, text);
      this.picture.append(mark);
    });
  }

  clicked(event) {
    const mark = event.target.closest("[data-place]");
    const rows = rowsOf(this.group);
    if (mark && !this.held) {
      this.held = rows[Number(mark.dataset.place)];
      this.current(this.held);
      this.draw();
      return;
    }
    const box = this.picture.getBoundingClientRect();
    const percent = (at, from, size) => Math.min(100, Math.max(0, Math.round((1000 * (at - from)) / size) / 10));
    const row = this.held || rows.find((one) => this.field(one, "x").value === "") || addRow(this.group);
    if (!row) return;
    this.held = null;
    this.field(row, "x").value = percent(event.clientX, box.left, box.width);
    this.field(row, "y").value = percent(event.clientY, box.top, box.height);
    this.field(row, "y").dispatchEvent(new Event("input", { bubbles: true }));
    this.current(row);
  }
}

if (form) {
  // Arrow keys choose each button that they pass: then the page waits for the button that says so, and the focus stays.
  let passing = false;
  form.addEventListener("keydown", (event) => (passing = event.key.startsWith("Arrow")));
  form.addEventListener("pointerdown", () => (passing = false));
  form.addEventListener("change", (event) => {
    const name = event.target.dataset.presses;
    const button = name && form.querySelector(`[data-pressed="${name}"]`);
    if (!button) return;
    if (passing) button.closest("p").hidden = false;
    else button.click();
  });
  for (const button of form.querySelectorAll('[data-pressed="kind"]')) button.closest("p").hidden = true;
  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-more]");
    if (!button) return;
    event.preventDefault();
    addRow(button.closest("[data-rows]").dataset.rows)?.querySelector("textarea, input:not([type=hidden])")?.focus();
  });
  const picture = form.querySelector("[data-stage]");
  if (picture) new Stage(picture);
}
