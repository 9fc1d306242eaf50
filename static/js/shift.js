// Courtesies: the length of a shift while it is typed, more rows of measures, the supervisor's count of answers. All work without.

/** Minutes between UTC and the wall clock of a zone, at an instant. */
function offset(instant, zone) {
  const parts = new Intl.DateTimeFormat("en-US", {
    timeZone: zone, hourCycle: "h23", year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric",
  }).formatToParts(instant);
  const of = Object.fromEntries(parts.map((part) => [part.type, Number(part.value)]));
  return Math.round((Date.UTC(of.year, of.month - 1, of.day, of.hour, of.minute) - instant) / 60000);
}

/** The instant at which the wall clock of a zone shows a local time; the server decides where it shows it twice. */
function instant(day, clock, zone, days = 0) {
  const local = Date.parse(`${day}T${clock}:00Z`) + days * 86400000;
  const guess = local - offset(local, zone) * 60000;
  return local - offset(guess, zone) * 60000;
}

function lengthOf(form) {
  const field = (name) => form.elements.namedItem(name);
  const [day, from, to] = ["day", "starts", "ends"].map((name) => field(name).value.slice(0, name === "day" ? 10 : 5));
  if (!day || !from || !to) return null;
  const zone = form.dataset.zone;
  const start = instant(day, from, zone);
  const end = instant(day, to, zone, field("next_day").checked ? 1 : 0);
  return Math.round((end - start) / 60000) - (Number(field("break_minutes").value) || 0);
}

for (const form of document.querySelectorAll("form[data-shift]")) {
  const line = form.querySelector("[data-shift-length]");
  const show = () => {
    const minutes = lengthOf(form);
    line.hidden = !(minutes > 0);
    if (line.hidden) return;
    const hours = Math.floor(minutes / 60);
    const rest = minutes % 60;
    const words = [hours && `${hours} ${line.dataset.h}`, (rest || !hours) && `${rest} ${line.dataset.min}`].filter(Boolean);
    const text = line.dataset.words.replace("%s", words.join(" "));
    if (line.textContent !== text) line.textContent = text;
  };
  form.addEventListener("input", show);
  show();
}

for (const form of document.querySelectorAll("form[data-sign]")) {
  const line = form.querySelector("[data-sign-count]");
  const show = () => {
    const sums = { sign: 0, propose: 0, return: 0, refuse: 0, open: 0 };
    for (const row of form.querySelectorAll("[data-row]")) {
      if (!row.querySelector("fieldset")) continue;
      const chosen = row.querySelector("fieldset input[type=radio]:checked")?.value;
      const rest = form.querySelector("input[name=rest]:checked")?.value;
      sums[chosen || rest || "open"] += 1;
      const times = row.querySelector("[data-times]");
      if (times && chosen === "propose") times.open = true;
      const words = row.querySelector("[data-words]");
      if (words && (chosen === "return" || chosen === "refuse")) words.open = true;
    }
    line.hidden = false;
    const text = Object.entries(sums).filter(([, count]) => count).map(([name, count]) => `${count} ${line.dataset[name]}`).join(", ");
    if (line.textContent !== text) line.textContent = text;
  };
  form.addEventListener("input", show);
  show();
}

// More rows of measures without asking the server, which would do the same.
for (const rows of document.querySelectorAll("[data-measures]")) {
  const button = rows.querySelector("[data-more]");
  button?.addEventListener("click", (event) => {
    event.preventDefault();
    const all = rows.querySelectorAll("[data-measure]");
    const last = all[all.length - 1];
    const number = Number(last.dataset.measure) + 1;
    const row = last.cloneNode(true);
    row.dataset.measure = String(number);
    row.setAttribute("aria-label", last.dataset.label.replace("%s", String(number)));
    for (const control of row.querySelectorAll("select, input")) {
      control.name = control.name.replace(/^measure-\d+/, `measure-${number}`);
      if (control.tagName === "SELECT") control.selectedIndex = 0;
      else control.value = "";
    }
    last.after(row);
    row.querySelector("select").focus();
    if (number >= Number(rows.dataset.most)) button.hidden = true;
  });
}
