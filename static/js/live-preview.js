// Shows what stands in a form as a learner would see it, a moment after each change. Without this file the form's
// Preview button does the same.

const frame = document.querySelector("iframe[data-live-preview]");
const form = frame && document.querySelector("form[data-edit-form]");
const PAUSE = 500;
let timer;
let newest = 0;

async function show() {
  const number = (newest += 1);
  const body = new FormData(form);
  // A file is shown once it is kept; it need not travel with each letter.
  for (const field of form.querySelectorAll("input[type=file]")) body.delete(field.name);
  try {
    const answer = await fetch(frame.dataset.livePreview, { method: "POST", body });
    const page = await answer.text();
    // A slow answer never takes a newer one's place.
    if (answer.ok && number === newest) frame.srcdoc = page;
  } catch {
    // The preview stays as it was; the form is not touched.
  }
}

if (form) {
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(show, PAUSE);
  };
  form.addEventListener("input", soon);
  form.addEventListener("change", soon);
  show();
  // It follows by itself now.
  document.querySelector("[data-live-preview-button]")?.remove();
}
