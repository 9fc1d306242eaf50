// Chapters of a clip: a touch moves its player there. Without this file the link opens the clip at that time.

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("[data-seek]");
  const player = link?.closest("[data-clip]")?.querySelector("video, audio");
  if (!player || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  player.currentTime = Number(link.dataset.seek);
  player.play().catch(() => {
    // A browser that plays nothing by itself has moved there all the same.
  });
});

/** Go on where she stopped: the clock says where that was, once it has opened. */
document.addEventListener("palmar:clips", (event) => {
  for (const { clip, position } of event.detail) {
    const player = document.querySelector(`[data-clip="${CSS.escape(clip)}"]`)?.querySelector("video, audio");
    if (!player || player.currentTime > 0 || !player.paused || position < 3) continue;
    const go = () => {
      // At its end it begins anew.
      if (position < player.duration - 3 && player.currentTime === 0) player.currentTime = position;
    };
    if (player.readyState >= 1) go();
    else player.addEventListener("loadedmetadata", go, { once: true });
  }
});

/** Mark the chapter that plays now. */
document.addEventListener(
  "timeupdate",
  (event) => {
    const links = [...(event.target.closest?.("[data-clip]")?.querySelectorAll("[data-seek]") ?? [])];
    const now = links.findLast((link) => Number(link.dataset.seek) <= event.target.currentTime + 0.25);
    for (const link of links) {
      if (link === now) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  },
  true,
);
