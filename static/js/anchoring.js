// Finds marked words again in a lesson's text. A passage is a text-quote selector (W3C Web Annotation): its words with
// those before and after. First the same words are looked for, told from their like by what stands around them; words
// that an editor has changed a little are found by approximate search (vendor/approx-string-match, loaded only then).

export const CONTEXT = 64;
const APART = "p,li,h1,h2,h3,h4,dt,dd,td,th,figure,figcaption,blockquote,legend,label,summary,section,div,article,br";
const LEFT_OUT =
  "form,button,input,textarea,select,script,style,template,svg,video,audio,.sr,.printonly,[hidden],[data-says-here],[data-check-kept]";
/** How much of a passage may differ, and how much of so short a one must be told by what stands around it. */
const MAY_DIFFER = 0.25;
const SHORT = 16;

/**
 * The text under `root` as it is read: each run of blanks is one, parts that stand apart are parted by one. `at[i]` is
 * where its sign i stands ({node, offset}), null for a blank that stands in no text.
 */
export function textIn(root) {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT, (node) => {
    if (node.nodeType === Node.TEXT_NODE) return NodeFilter.FILTER_ACCEPT;
    return node.matches(LEFT_OUT) ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT;
  });
  const signs = [];
  const at = [];
  let home = null;
  const blank = (place) => {
    if (signs.length && signs[signs.length - 1] !== " ") {
      signs.push(" ");
      at.push(place);
    }
  };
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (node.nodeType === Node.ELEMENT_NODE) {
      if (node.matches("br")) blank(null);
      continue;
    }
    const around = node.parentElement.closest(APART);
    if (around !== home) blank(null);
    home = around;
    // By code units, as ranges count them.
    for (let offset = 0; offset < node.data.length; offset += 1) {
      const sign = node.data[offset];
      if (/\s/.test(sign)) blank({ node, offset });
      else {
        signs.push(sign);
        at.push({ node, offset });
      }
    }
  }
  return { text: signs.join(""), at };
}

/** The first and the last place of a text that lie inside a range, as [start, end); null where none does. */
export function spanOf(read, range) {
  let start = -1;
  let end = -1;
  for (let index = 0; index < read.at.length; index += 1) {
    const place = read.at[index];
    if (!place || read.text[index] === " ") continue;
    if (range.comparePoint(place.node, place.offset) === 0 && range.comparePoint(place.node, place.offset + 1) === 0) {
      if (start < 0) start = index;
      end = index + 1;
    }
  }
  return start < 0 ? null : [start, end];
}

/** [start, end) grown to the whole words that it begins and ends in. */
export function wholeWords(text, [start, end]) {
  const inside = (index) => /[\p{L}\p{N}\p{M}]/u.test(text[index] ?? " ");
  while (start > 0 && inside(start) && inside(start - 1)) start -= 1;
  while (end < text.length && inside(end - 1) && inside(end)) end += 1;
  return [start, end];
}

/** The selector of [start, end). */
export function described(text, start, end) {
  return {
    exact: text.slice(start, end),
    prefix: text.slice(Math.max(0, start - CONTEXT), start),
    suffix: text.slice(end, end + CONTEXT),
  };
}

/** How many signs two texts share, from the end of both or from their beginning. */
function shared(one, other, fromEnd) {
  const most = Math.min(one.length, other.length);
  for (let n = 0; n < most; n += 1) {
    const same = fromEnd ? one[one.length - 1 - n] === other[other.length - 1 - n] : one[n] === other[n];
    if (!same) return n;
  }
  return most;
}

/** How well what stands around [start, end) fits: signs shared with prefix and suffix. */
function fit(text, start, end, anchor) {
  const before = text.slice(Math.max(0, start - CONTEXT), start).trimEnd();
  const after = text.slice(end, end + CONTEXT).trimStart();
  return (
    shared(before, (anchor.prefix ?? "").trimEnd(), true) + shared(after, (anchor.suffix ?? "").trimStart(), false)
  );
}

/** Whether a place that fits so well is believed: short words stand everywhere, so something around them must agree. */
function believed(anchor, score) {
  const around = (anchor.prefix ?? "").trim().length + (anchor.suffix ?? "").trim().length;
  return anchor.exact.length >= SHORT || score >= Math.min(8, around);
}

/**
 * Where a passage stands now, as [start, end), or null. Of several places that which fits best is taken, on a tie the
 * one nearest behind `near` (where its block begins).
 */
export async function found(text, anchor, near = 0) {
  const places = [];
  for (let start = text.indexOf(anchor.exact); start >= 0; start = text.indexOf(anchor.exact, start + 1)) {
    places.push({ start, end: start + anchor.exact.length, errors: 0 });
  }
  if (!places.length && anchor.exact.length >= SHORT) {
    const search = (await import("../vendor/approx-string-match/approx-string-match.js")).default;
    places.push(...search(text, anchor.exact, Math.floor(anchor.exact.length * MAY_DIFFER)));
  }
  let best = null;
  for (const place of places) {
    const score = fit(text, place.start, place.end, anchor);
    if (!believed(anchor, score)) continue;
    const far = place.start >= near ? place.start - near : text.length + near - place.start;
    const better =
      !best ||
      place.errors < best.errors ||
      (place.errors === best.errors && (score > best.score || (score === best.score && far < best.far)));
    if (better) best = { ...place, score, far };
  }
  if (!best) return null;
  let { start, end } = best;
  while (start < end && text[start] === " ") start += 1;
  while (end > start && text[end - 1] === " ") end -= 1;
  return start < end ? [start, end] : null;
}

/** The parts of text nodes that make up [start, end), in order: {node, from, to}. */
export function partsOf(read, start, end) {
  const parts = [];
  for (let index = start; index < end; index += 1) {
    const place = read.at[index];
    if (!place) continue;
    const last = parts[parts.length - 1];
    if (last && last.node === place.node) last.to = place.offset + 1;
    else parts.push({ node: place.node, from: place.offset, to: place.offset + 1 });
  }
  return parts;
}

/** Put `made()` around [start, end): one element for each text node that has part of it. They are given back in order. */
export function wrapped(read, start, end, made) {
  return partsOf(read, start, end).map(({ node, from, to }) => {
    const rest = node.splitText(from);
    rest.splitText(to - from);
    const around = made();
    rest.replaceWith(around);
    around.append(rest);
    return around;
  });
}

/** Take what was put around words away again, and join the text that was parted. */
export function unwrapped(elements) {
  for (const element of elements) {
    const parent = element.parentNode;
    element.replaceWith(...element.childNodes);
    parent.normalize();
  }
}
