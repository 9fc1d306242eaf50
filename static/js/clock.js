// Courtesies of the clock: the time that runs, a tap that is not sent twice, a position if she asks for it. It works without.

const timer = document.querySelector("[data-since]");
if (timer) {
  // The server's clock counts: what this device shows is only how long ago the page came.
  const offset = Number(timer.dataset.now) - Date.now() / 1000;
  const show = () => {
    const minutes = Math.floor((Date.now() / 1000 + offset - Number(timer.dataset.since)) / 60);
    const hours = Math.floor(minutes / 60);
    const text = [hours && `${hours} ${timer.dataset.h}`, `${minutes % 60} ${timer.dataset.min}`].filter(Boolean).join(" ");
    if (timer.textContent.trim() !== text) timer.textContent = text;
  };
  show();
  setInterval(show, 1000);
  document.addEventListener("visibilitychange", show);
}

for (const form of document.querySelectorAll("form[data-clock]")) {
  let sent = false;
  form.addEventListener("submit", (event) => {
    if (sent) event.preventDefault();
    sent = true;
    // A tap that got lost on the way can be made again.
    setTimeout(() => { sent = false; }, 8000);
  });
}
window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });

for (const part of document.querySelectorAll("[data-locate]")) {
  if (!("geolocation" in navigator)) continue;
  part.hidden = false;
  const said = part.querySelector("[data-locate-said]");
  const field = (name) => part.querySelector(`[name=${name}]`);
  field("locate").addEventListener("change", (event) => {
    for (const name of ["latitude", "longitude", "accuracy"]) field(name).value = "";
    said.textContent = "";
    if (!event.target.checked) return;
    said.textContent = said.dataset.asking;
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        if (!event.target.checked) return;
        for (const name of ["latitude", "longitude", "accuracy"]) field(name).value = String(coords[name]);
        said.textContent = said.dataset.done;
      },
      () => { event.target.checked = false; said.textContent = said.dataset.failed; },
      { enableHighAccuracy: true, timeout: 20000, maximumAge: 60000 },
    );
  });
}
