// The lesson's clock. The server counts; this script only says that somebody is there, and shows what was counted.
// A page tells of itself by one report ("beat") every few seconds while it is in front and somebody is active, and at
// each change. A report that found no network is sent again with its old number until it is answered.

const seat = document.querySelector("[data-seat]");
const text = document.querySelector("[data-reading-text]");

if (text) keepPlace(text, seat);
if (seat) runClock(seat);

/** Come back where she was: the place in the text is kept on this device and, with each report, on the server. */
function keepPlace(article, config) {
  const key = `palmar:reading:${location.pathname}`;
  let waiting = false;
  function place() {
    const box = article.getBoundingClientRect();
    if (box.height <= 0) return 0;
    return Math.max(0, Math.min(1000, Math.round((-box.top / box.height) * 1000)));
  }
  function remember() {
    waiting = false;
    try {
      localStorage.setItem(key, String(place()));
    } catch {
      // Without storage the server's place is enough.
    }
  }
  keepPlace.now = place;
  let kept = null;
  try {
    kept = localStorage.getItem(key);
  } catch {
    kept = null;
  }
  const wanted = Number(kept ?? config?.dataset.reading ?? 0);
  // Going back and reloading are the browser's own business; so is a link to a heading. What the page has to say to her
  // stands at its top: there she stays until she has read it.
  const came = performance.getEntriesByType("navigation")[0]?.type ?? "navigate";
  const told = document.querySelector(".messages");
  if (came === "navigate" && !location.hash && !told && wanted > 10 && wanted <= 1000) {
    const box = article.getBoundingClientRect();
    window.scrollTo({ top: window.scrollY + box.top + (box.height * wanted) / 1000, behavior: "instant" });
  }
  document.addEventListener(
    "scroll",
    () => {
      if (waiting) return;
      waiting = true;
      setTimeout(remember, 400);
    },
    { passive: true },
  );
}

function runClock(config) {
  const api = config.dataset.api;
  const RETRY_MS = [2000, 3000, 5000, 8000];
  const RENEW_BEFORE_MS = 3 * 60 * 1000;
  let visit = null; // what the server said when it opened: session, token, token_expires …
  let mode = "off"; // off, opening, counting, idle, hidden, asked, offline, superseded, full, refused
  let sequence = 0;
  let credited = 0; // milliseconds of this visit
  let countedBefore = Number(config.dataset.counted) * 60_000;
  let fullUntil = 0; // where the day or the week is full: when the next day begins
  let queue = []; // reports not answered yet, oldest first
  let sending = false;
  let failures = 0;
  let skew = 0; // this device's clock against the server's, for the token's end only
  let lastSign = performance.now();
  let beatTimer = 0;
  let retryTimer = 0;
  let said = "";
  let lastSaid = 0;

  const csrf = () =>
    document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ??
    document.querySelector("input[name=csrfmiddlewaretoken]")?.value ??
    "";
  const isVisible = () => document.visibilityState === "visible";
  const isPlaying = () => [...document.querySelectorAll("video, audio")].some((clip) => !clip.paused && !clip.ended);
  /** In front, or listened to where the program counts that. */
  const isHere = () => isVisible() || (config.dataset.listen === "yes" && isPlaying());
  const isThere = () =>
    isHere() && (isPlaying() || performance.now() - lastSign < (visit?.idle_seconds ?? 300) * 1000);
  const words = (name) => config.dataset[`say${name[0].toUpperCase()}${name.slice(1)}`] ?? "";

  // ---- what is shown ----

  /** Say a state in words: seen always, spoken only when it changes. */
  function say(name, sentence = words(name)) {
    if (name === said) return;
    const first = said === "";
    said = name;
    lastSaid = performance.now();
    for (const place of document.querySelectorAll("[data-seat-words]")) place.textContent = sentence;
    // The start needs no voice: nothing has changed for the reader.
    if (!(first && (name === "starting" || name === "counting"))) {
      document.querySelector("[data-seat-status]").textContent = sentence;
    }
    const running = name === "counting" || name === "gap";
    const face = running ? "running" : name === "lesson" ? "done" : "paused";
    for (const dial of document.querySelectorAll(".seat .dial, .seatcard .dial")) {
      dial.setAttribute("class", `dial dial--${face}`);
      const sign = dial.querySelector("path");
      sign.setAttribute("class", face === "done" ? "yes" : "go");
      sign.setAttribute(
        "d",
        { running: "M20 17l11 7-11 7Z", paused: "M18 17h4v14h-4zM26 17h4v14h-4z", done: "M16 24.5l5.5 5.5L32 18.5" }[face],
      );
    }
    const elsewhere = name === "superseded" || name === "absent";
    for (const button of document.querySelectorAll("[data-seat-take]")) button.hidden = !elsewhere;
    for (const link of document.querySelectorAll("[data-seat-why]")) link.hidden = elsewhere;
  }

  /** Show the minutes that the server counted; only the digits and the arc change. */
  function show() {
    const counted = (countedBefore + credited) / 60_000;
    const minutes = Math.min(Math.floor(counted), Number(config.dataset.most));
    const share = Math.min(100, (counted / Number(config.dataset.most)) * 100).toFixed(2);
    for (const place of document.querySelectorAll("[data-seat-minutes]")) {
      if (place.textContent !== String(minutes)) place.textContent = String(minutes);
    }
    for (const place of document.querySelectorAll("[data-seat-visit]")) {
      const line = words("visit").replace("%s", String(Math.floor(credited / 60_000)));
      if (place.textContent !== line) place.textContent = line;
    }
    for (const arc of document.querySelectorAll(".seat .dial .arc, .seatcard .dial .arc")) {
      arc.setAttribute("stroke-dasharray", `${share} 100`);
    }
  }

  // ---- opening ----

  async function open() {
    if (mode === "opening") return;
    mode = "opening";
    clearTimeout(retryTimer);
    clearInterval(beatTimer);
    if (!visit) say("starting");
    let answer;
    try {
      answer = await fetch(`${api}lessons/${config.dataset.lesson}/sessions`, {
        method: "POST",
        headers: { "X-CSRFToken": csrf(), Accept: "application/json" },
      });
    } catch {
      mode = "offline";
      say("offline");
      retryTimer = setTimeout(() => isVisible() && open(), RETRY_MS.at(-1));
      return;
    }
    if (answer.status === 201) {
      visit = await answer.json();
      skew = Date.parse(visit.server_time) - Date.now();
      sequence = 0;
      credited = 0;
      countedBefore = visit.counted_ms;
      document.dispatchEvent(new CustomEvent("palmar:clips", { detail: visit.clips ?? [] }));
      queue = [];
      failures = 0;
      mode = "counting";
      say("counting");
      show();
      beatTimer = setInterval(tick, visit.beat_seconds * 1000);
      if (!isVisible()) hide();
      return;
    }
    mode = "refused";
    if (answer.status === 401 || answer.status === 403) say("signedout");
    else say("refused", await sentenceOf(answer));
  }

  async function sentenceOf(answer) {
    try {
      return (await answer.json()).title || words("refused");
    } catch {
      return words("refused");
    }
  }

  // ---- reports ----

  function tick() {
    if (mode === "counting" || mode === "offline") report(true);
  }

  /** Queue a report and send it. What an older one would have said of a time that is over is dropped. */
  function report(active, { why = "idle", media = null } = {}) {
    const last = queue.at(-1);
    // Still unanswered and saying the same: it goes out again under its old number.
    if (!last || media || last.media || last.active !== active || (queue.length === 1 && sending)) {
      queue.push({ sequence: ++sequence, active, why, media });
    }
    return flush();
  }

  // ---- clips: what is new of one counts while it runs ----

  let clip = null; // the player that ran last, until its end was told
  let clipTime = 0; // where it stood before a jump
  let lastJump = 0;
  let toldAt = -1; // the place and the moment of the newest report of a start or a jump
  let toldWhen = 0;

  function mediaNow(position = clip?.currentTime ?? 0) {
    const name = clip?.closest("[data-clip]")?.dataset.clip;
    if (!name) return null;
    const playing = !clip.paused && !clip.ended;
    return { clip: name, position: Math.round(position * 1000) / 1000, playing, rate: clip.playbackRate };
  }

  /** A clip began, stopped or jumped: tell at once, so that what was watched before is not lost. */
  function clipChanged(event) {
    if (!(event.target instanceof HTMLMediaElement)) return;
    if (event.type === "play") clip = event.target;
    if (event.target !== clip) return;
    if (event.type === "timeupdate") {
      if (!clip.seeking) clipTime = clip.currentTime;
      return;
    }
    if (event.type === "seeking" || event.type === "seeked") {
      if (clip.paused || performance.now() - lastJump < 1000) return;
      if (event.type === "seeked") lastJump = performance.now();
    }
    if (mode !== "counting") return;
    // A touch on a chapter starts and jumps at once: told twice, the second would be a stretch in which nothing new ran.
    if (event.type === "play" || event.type === "seeked") {
      const now = performance.now();
      if (event.type === "seeked" && now - toldWhen < 1000 && Math.abs(clip.currentTime - toldAt) < 0.5) return;
      toldAt = clip.currentTime;
      toldWhen = now;
    }
    report(true, { media: mediaNow(event.type === "seeking" ? clipTime : clip.currentTime) });
    if (event.type === "pause" || event.type === "ended") clip = null;
  }
  for (const name of ["play", "pause", "ended", "seeking", "seeked", "timeupdate"]) {
    document.addEventListener(name, clipChanged, true);
  }

  /** Reports that found no network would, if they came through now, count the time in which nobody is here. */
  function forget() {
    queue = queue.filter((beat, place) => !beat.active || (sending && place === 0));
  }

  async function flush() {
    if (sending || !visit) return;
    sending = true;
    clearTimeout(retryTimer);
    while (queue.length && visit) {
      const beat = queue[0];
      const of = visit;
      const answer = await post(of, beat);
      if (visit !== of) break;
      if (answer === "later") {
        // A late "somebody is there" would count the time in which nobody was: let the newer report speak alone.
        if (beat.active && !beat.media && queue.length > 1) queue.shift();
        const wait = RETRY_MS[Math.min(failures++, RETRY_MS.length - 1)];
        if (mode === "counting") {
          mode = "offline";
          say("offline");
        }
        retryTimer = setTimeout(flush, wait);
        break;
      }
      queue.shift();
      if (answer) hear(answer);
    }
    sending = false;
  }

  async function post(of, beat) {
    if (Date.parse(of.token_expires) - (Date.now() + skew) < RENEW_BEFORE_MS && isVisible()) {
      if ((await renew(of)) === "gone") return null;
    }
    try {
      const answer = await fetch(`${api}sessions/${of.session}/beats`, {
        method: "POST",
        // The token says who this is: without cookies the server looks nobody up.
        credentials: "omit",
        keepalive: true,
        headers: { "Content-Type": "application/json", Accept: "application/json" },
        body: JSON.stringify({
          token: of.token,
          sequence: beat.sequence,
          active: beat.active,
          why: beat.why,
          quiet: Math.round((performance.now() - lastSign) / 1000),
          media: beat.media ?? (beat.active ? mediaNow() : null),
          reading: keepPlace.now?.() ?? null,
        }),
      });
      if (answer.ok) {
        failures = 0;
        return await answer.json();
      }
      if (answer.status === 401) {
        const renewed = await renew(of);
        return renewed === "gone" ? null : "later";
      }
      if (answer.status >= 500 || answer.status === 429) return "later";
      return null;
    } catch {
      return "later";
    }
  }

  async function renew(of) {
    try {
      const answer = await fetch(`${api}sessions/${of.session}/renew`, {
        method: "POST",
        headers: { "X-CSRFToken": csrf(), Accept: "application/json" },
      });
      if (answer.ok) {
        const fresh = await answer.json();
        of.token = fresh.token;
        of.token_expires = fresh.token_expires;
        return "renewed";
      }
      if (answer.status === 401 || answer.status === 403) {
        stop("refused");
        say("signedout");
        return "gone";
      }
      if (answer.status === 409 || answer.status === 404) {
        // Closed meanwhile, or the right is gone: opening anew tells which.
        visit = null;
        mode = "off";
        if (isVisible()) open();
        return "gone";
      }
      return "later";
    } catch {
      return "later";
    }
  }

  function stop(how) {
    mode = how;
    visit = null;
    queue = [];
    clearInterval(beatTimer);
    clearTimeout(retryTimer);
  }

  /** The server's answer decides what is shown. */
  function hear(answer) {
    credited = answer.credited_ms;
    show();
    if (answer.presence) {
      mode = "asked";
      say("asked");
      document.dispatchEvent(new CustomEvent("palmar:presence", { detail: answer.presence }));
      return;
    }
    if (answer.state === "counting" || answer.state === "idle") {
      if (mode === "idle") say({ idle_lost: "idlelost", unit_lost: "unitlost" }[answer.reason] ?? "idle");
      if (mode === "offline") mode = isThere() ? "counting" : "idle";
      if (mode === "counting") say({ gap: "gap", seen: "seen" }[answer.reason] ?? "counting");
      return;
    }
    if (answer.state === "superseded") {
      stop("superseded");
      say(answer.reason === "elsewhere" ? "elsewhere" : "superseded");
      return;
    }
    if (answer.state === "capped" && answer.reason !== "pauses") {
      fullUntil = answer.reason === "lesson" ? Infinity : Date.parse(visit.day_ends);
      leave();
      mode = "full";
      say(answer.reason);
      return;
    }
    const why = answer.reason;
    if (answer.state === "capped") leave();
    stop("off");
    if (why === "logout") {
      mode = "refused";
      say("signedout");
    } else if (why === "absent") {
      mode = "refused";
      document.dispatchEvent(new CustomEvent("palmar:presence", { detail: null }));
      say("absent");
    } else if (why === "completed") {
      mode = "refused";
      say("finished");
    } else if (isVisible()) {
      // Closed since it was silent too long, or by another page of ours: she is here, so count on.
      open();
    }
  }

  // ---- is somebody there? ----

  document.addEventListener("palmar:answer", async (event) => {
    if (!visit) return;
    const of = visit;
    lastSign = performance.now();
    let answer = null;
    try {
      if (Date.parse(of.token_expires) - (Date.now() + skew) < RENEW_BEFORE_MS) await renew(of);
      answer = await fetch(`${api}sessions/${of.session}/presence`, {
        method: "POST",
        credentials: "omit",
        headers: { "Content-Type": "application/json", Accept: "application/json" },
        body: JSON.stringify({ token: of.token, ...event.detail }),
      });
    } catch {
      answer = null;
    }
    if (visit !== of) return;
    if (!answer?.ok) {
      document.dispatchEvent(new CustomEvent("palmar:presence-unheard"));
      return;
    }
    const heard = await answer.json();
    if (heard.state === "counting") {
      document.dispatchEvent(new CustomEvent("palmar:presence", { detail: null }));
      mode = isHere() ? "counting" : "hidden";
    }
    hear(heard);
  });

  // ---- coming and going ----

  function hide() {
    if (isHere()) return;
    if (mode !== "counting" && mode !== "idle" && mode !== "offline") return;
    if (mode === "counting") report(true);
    else forget();
    mode = "hidden";
    say("hidden");
    report(false, { why: "hidden" });
  }

  /** A day or week that was full ends at midnight in the record's zone, by the server's clock. */
  const isNewDay = () => Date.now() + skew >= fullUntil;

  function comeBack() {
    lastSign = performance.now();
    if (mode === "hidden" || mode === "idle") {
      mode = "counting";
      say("counting");
      report(true);
    } else if (mode === "off" || (mode === "full" && isNewDay())) {
      open();
    } else if (mode === "offline") {
      if (visit) flush();
      else open();
    }
  }

  /** Say goodbye: the last stretch is counted and the minutes are posted. Survives the page. */
  function leave() {
    if (!visit) return;
    const body = JSON.stringify({
      token: visit.token,
      sequence: ++sequence,
      active: mode === "counting",
      media: mode === "counting" ? mediaNow() : null,
      reading: keepPlace.now?.() ?? null,
    });
    const url = `${api}sessions/${visit.session}/close`;
    const sent = navigator.sendBeacon?.(url, new Blob([body], { type: "application/json" }));
    if (!sent) {
      fetch(url, { method: "POST", keepalive: true, headers: { "Content-Type": "application/json" }, body }).catch(() => {});
    }
    stop("off");
  }

  let lastHeard = 0;
  let pointer = "";
  /** Somebody touched, typed, scrolled or moved the pointer, or a clip plays. */
  function sign(event) {
    const now = performance.now();
    if (event.type === "pointermove") {
      // When the page changes under a resting pointer, the browser reports a move that nobody made.
      const place = `${event.screenX} ${event.screenY}`;
      if (place === pointer) return;
      const first = pointer === "";
      pointer = place;
      if (first) return;
    }
    // Our own words may shift the page by a line.
    if (event.type === "scroll" && now - lastSaid < 500) return;
    if (now - lastHeard < 1000) return;
    lastHeard = now;
    lastSign = now;
    if ((mode === "idle" || (mode === "full" && isNewDay())) && isVisible()) comeBack();
  }
  for (const name of ["pointerdown", "pointermove", "keydown", "scroll", "wheel", "touchstart", "input"]) {
    document.addEventListener(name, sign, { passive: true, capture: true });
  }
  // Who starts or stops a clip is there; media events do not bubble, but they can be caught.
  document.addEventListener("play", sign, true);
  document.addEventListener("pause", sign, true);

  setInterval(() => {
    // A clip that was listened to has ended while the page is hidden.
    if (mode === "counting" && !isHere()) {
      hide();
      return;
    }
    if ((mode === "counting" || mode === "offline") && isVisible() && !isThere()) {
      // Until now somebody was there; from now on nobody.
      if (mode === "counting") report(true);
      else forget();
      mode = "idle";
      say("idle");
      report(false);
    }
  }, 1000);

  document.addEventListener("visibilitychange", () => (isVisible() ? comeBack() : hide()));
  window.addEventListener("online", () => mode === "offline" && comeBack());
  window.addEventListener("pagehide", leave);
  window.addEventListener("pageshow", (event) => {
    if (event.persisted && isVisible()) open();
  });
  for (const button of document.querySelectorAll("[data-seat-take]")) {
    button.addEventListener("click", () => {
      lastSign = performance.now();
      open();
    });
  }

  // Finishing asks for minutes that are settled: the last stretch is reported before the form goes.
  const form = document.querySelector("[data-seat-finish]");
  form?.addEventListener("submit", (event) => {
    if (mode !== "counting" || form.dataset.sent) return;
    event.preventDefault();
    form.dataset.sent = "1";
    const patience = new Promise((done) => setTimeout(done, 2000));
    Promise.race([report(true), patience]).then(() => form.requestSubmit());
  });
  window.addEventListener("pageshow", () => form && delete form.dataset.sent);

  if (isVisible()) open();
  else say("hidden");
}
