/* In the editor: the points of a labelled figure are placed on its picture. The number fields stay, and follow. */
const { Controller } = window.StimulusModule;

class HotspotsController extends Controller {
  static values = { picture: String, help: String, label: String, bare: String };

  connect() {
    this.chosen = null;
    this.stage = document.createElement("div");
    this.stage.className = "spot-stage";
    this.help = document.createElement("p");
    this.help.className = "help";
    this.help.textContent = this.helpValue;
    this.plate = document.createElement("div");
    this.plate.className = "spot-stage__plate";
    this.image = document.createElement("img");
    this.image.alt = "";
    this.image.draggable = false;
    this.plate.append(this.image);
    this.stage.append(this.help, this.plate);
    this.element.querySelector("[data-contentpath='points']")?.before(this.stage);
    this.follow = this.follow.bind(this);
    this.element.addEventListener("input", this.follow);
    this.element.addEventListener("change", this.follow);
    this.plate.addEventListener("click", (event) => this.place(event));
    this.plate.addEventListener("keydown", (event) => this.nudge(event));
    this.watcher = new MutationObserver((changes) => {
      if (changes.some((change) => !this.stage.contains(change.target))) this.follow();
    });
    // A point that is deleted stays in the form, folded away.
    this.watcher.observe(this.element, { attributeFilter: ["style"], childList: true, subtree: true });
    this.follow();
  }

  disconnect() {
    this.watcher.disconnect();
    this.element.removeEventListener("input", this.follow);
    this.element.removeEventListener("change", this.follow);
    this.stage.remove();
  }

  /* The points that are there, in the order of the list: its fields, and the number by which the form knows it. */
  points() {
    return [...this.element.querySelectorAll("input[name*='-points-'][name$='-value-x']")].flatMap((x) => {
      const stem = x.name.slice(0, -"value-x".length);
      const field = (name) => this.element.querySelector(`[name="${stem}${name}"]`);
      return field("deleted")?.value ? [] : [{ stem, x, y: field("value-y"), name: field("value-name") }];
    });
  }

  follow() {
    const figure = this.element.querySelector("[data-contentpath='figure'] input[name$='-figure']")?.value;
    this.stage.hidden = !figure;
    if (!figure) return;
    const address = this.pictureValue.replace("/0/", `/${figure}/`);
    if (this.image.getAttribute("src") !== address) this.image.src = address;
    const points = this.points();
    const spots = new Map([...this.plate.querySelectorAll("button")].map((spot) => [spot.dataset.stem, spot]));
    points.forEach((point, index) => {
      const spot = spots.get(point.stem) || document.createElement("button");
      spots.delete(point.stem);
      spot.type = "button";
      spot.className = "spot-stage__spot";
      spot.dataset.stem = point.stem;
      spot.textContent = index + 1;
      const placed = point.x.value !== "" && point.y.value !== "";
      spot.hidden = !placed;
      spot.style.insetInlineStart = `${point.x.value || 0}%`;
      spot.style.insetBlockStart = `${point.y.value || 0}%`;
      spot.setAttribute("aria-pressed", String(this.chosen === point.stem));
      spot.setAttribute(
        "aria-label",
        this.labelValue
          .replace("{n}", index + 1)
          .replace("{name}", point.name.value || this.bareValue)
          .replace("{x}", point.x.value)
          .replace("{y}", point.y.value),
      );
      if (!spot.isConnected) this.plate.append(spot);
    });
    spots.forEach((spot) => spot.remove());
    if (!points.some((point) => point.stem === this.chosen)) this.chosen = null;
  }

  place(event) {
    const spot = event.target.closest("button");
    if (spot) {
      this.chosen = this.chosen === spot.dataset.stem ? null : spot.dataset.stem;
      this.follow();
      return;
    }
    const box = this.image.getBoundingClientRect();
    const percent = (at, from, size) => Math.min(100, Math.max(0, Math.round((100 * (at - from)) / size)));
    const x = percent(event.clientX, box.left, box.width);
    const y = percent(event.clientY, box.top, box.height);
    const points = this.points();
    const point =
      points.find((one) => one.stem === this.chosen) ||
      points.find((one) => one.x.value === "" || one.y.value === "") ||
      this.another();
    if (point) this.move(point, x, y);
  }

  /* One more point at the end of the list, by the list's own button. */
  another() {
    const add = [...this.element.querySelectorAll("[data-contentpath='points'] [data-streamfield-list-add]")].pop();
    if (!add || add.disabled) return null;
    add.click();
    return this.points().pop();
  }

  nudge(event) {
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    const spot = event.target.closest("button");
    const point = step && spot && this.points().find((one) => one.stem === spot.dataset.stem);
    if (!point) return;
    event.preventDefault();
    const within = (value) => Math.min(100, Math.max(0, value));
    this.move(point, within(Number(point.x.value) + step[0]), within(Number(point.y.value) + step[1]));
  }

  move(point, x, y) {
    this.chosen = point.stem;
    for (const [field, value] of [
      [point.x, x],
      [point.y, y],
    ]) {
      field.value = value;
      field.dispatchEvent(new Event("input", { bubbles: true }));
      field.dispatchEvent(new Event("change", { bubbles: true }));
    }
    this.plate.querySelector(`button[data-stem="${point.stem}"]`)?.focus();
  }
}

window.wagtail.app.register("hotspots", HotspotsController);
