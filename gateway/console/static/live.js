"use strict";
// Keeps an open page true: reads it again when something changed, keeps ages and timers going, and says at once
// when it can no longer do so. Without it every page works; it is then read again by hand.
//
// Parts to be put anew carry data-live="<name>"; the page says what it watches by data-watch ("any" or ids) and
// how often it is read again without news by data-every (seconds). A page with data-alarms keeps its bar of alarms
// true as well, from that address, whatever else it shows. Whatever was put anew is told by the event gerbang:shown.

(() => {
  const words = document.getElementById("tick-words").dataset;
  const lost = document.getElementById("connection");
  const news = document.getElementById("news");
  const watched = () => document.querySelector("[data-watch]")?.dataset.watch ?? "";
  const watches = (id) => watched() === "any" || (id === "*" && watched()) || watched().split(" ").includes(id);
  const alarms = document.querySelector("[data-alarms]")?.dataset.alarms;
  const JUST_MS = 1500; // a page that was just read again need not be for the numbers that follow from the same change
  const SETTLE_MS = 900; // a button that has just moved under a thumb must not be pressed by it
  const FLOOD_MS = 1000; // between two readings while news keeps coming: ten consoles must not hold up bed answers
  const STILL_MS = 2500; // likewise where a button moved: most of this time it can be pressed
  let ahead = 0; // the server's clock minus this device's, milliseconds: a phone's clock may be wrong
  let busy = false;
  let again = null;
  let readAt = -JUST_MS;

  // --- ages and timers

  const put = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

  function span(minutes) {
    if (minutes < 60) return put(words.minutes, { n: minutes });
    return minutes < 2880
      ? put(words.hours, { n: Math.floor(minutes / 60) })
      : put(words.days, { n: Math.floor(minutes / 1440) });
  }

  function said(kind, at) {
    const gone = Math.floor((Date.now() + ahead - at) / 60000);
    if (kind === "age") return gone < 1 ? words.justNow : put(words.ago, { span: span(gone) });
    const left = Math.floor((at - Date.now() - ahead) / 60000);
    return left >= 0 ? put(words.left, { span: span(left) }) : put(words.over, { span: span(-left) });
  }

  function tick() {
    for (const each of document.querySelectorAll("time[data-tick]")) {
      const text = said(each.dataset.tick, Date.parse(each.dateTime));
      if (each.textContent !== text) each.textContent = text;
      if (each.dataset.tick === "left") each.classList.toggle("late", Date.parse(each.dateTime) < Date.now() + ahead);
    }
  }

  function setClock(page) {
    ahead = Date.parse(page.getElementById("shown-at").dateTime) - Date.now();
  }

  // --- reading the page again

  const bare = (part) => {
    const copy = part.cloneNode(true);
    for (const each of copy.querySelectorAll("time[data-tick]")) { each.textContent = ""; each.removeAttribute("class"); }
    return copy.outerHTML; // what a part says of itself counts as well
  };

  function isTyped(field) {
    if (field.type === "hidden") return [...field.form.elements].some((each) => each.type !== "hidden" && isTyped(each));
    if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
    if (field.tagName !== "SELECT") return field.value !== field.defaultValue;
    return field.selectedIndex !== Math.max(0, [...field.options].findIndex((each) => each.defaultSelected));
  }

  // What nobody has touched takes its new value; a form that was touched keeps the version it was read on.
  function typed(part) {
    const fields = [...part.querySelectorAll("textarea, select, input")];
    return {
      fields: fields.filter((each) => each.id && isTyped(each)).map((each) => [each.id, each.value, each.checked]),
      open: [...part.querySelectorAll("details[open][id]")].map((each) => each.id),
      focus: part.contains(document.activeElement) ? document.activeElement.id : "",
    };
  }

  function restore(kept) {
    for (const [id, value, checked] of kept.fields) {
      const field = document.getElementById(id);
      if (!field) continue;
      if (field.type === "checkbox" || field.type === "radio") field.checked = checked;
      else field.value = value;
    }
    for (const id of kept.open) document.getElementById(id)?.setAttribute("open", "");
    if (kept.focus) document.getElementById(kept.focus)?.focus({ preventScroll: true });
  }

  // What a finger may be aiming at: what it does, and where it stands on the screen.
  const AIMED_AT = "button, a.ring";

  function standing(each) {
    const { left, top } = each.getBoundingClientRect();
    const does = each.form?.getAttribute("action") ?? each.getAttribute("href");
    return [does, each.value, each.textContent.trim(), Math.round(left), Math.round(top)].join(" ");
  }

  function hold(each, held) {
    if (each.tagName === "A") each.inert = held;
    else each.disabled = held;
  }

  // Make a change; what it moved waits a moment, and what stands still can be pressed, however much news comes.
  function steadily(change) {
    const before = new Set([...document.querySelectorAll(AIMED_AT)].map(standing));
    change();
    const moved = [...document.querySelectorAll(AIMED_AT)].filter((each) => !each.disabled && !each.inert && !before.has(standing(each)));
    const focused = moved.find((each) => each === document.activeElement);
    for (const each of moved) hold(each, true);
    setTimeout(() => {
      for (const each of moved) hold(each, false);
      if (document.activeElement === document.body) focused?.focus({ preventScroll: true });
    }, SETTLE_MS);
    return moved.length > 0;
  }

  function swap(page, which) {
    let changed = false;
    for (const part of document.querySelectorAll(which)) {
      const fresh = page.querySelector(`[data-live="${part.dataset.live}"]`);
      if (!fresh || bare(fresh) === bare(part)) continue;
      const kept = typed(part);
      part.replaceWith(fresh);
      restore(kept);
      changed = true;
    }
    return changed;
  }

  const number = /^(\(\d+\) )?/; // how many alarms, before the title

  function retitle(page) {
    const title = document.title.replace(number, number.exec(page.title)[0]);
    if (document.title !== title) document.title = title;
  }

  function show(page, { whole, tell }) {
    const changed = swap(page, whole ? "[data-live]" : '[data-live="alarms"]');
    retitle(page);
    if (changed && tell) news.textContent = `${words.changed} ${new Date().toLocaleTimeString()}`;
    if (whole) document.getElementById("shown-at").replaceWith(page.getElementById("shown-at"));
    document.dispatchEvent(new Event("gerbang:shown"));
  }

  // What is being pressed stays where it is until it was let go: else the press would be lost.
  let pressed = false;
  addEventListener("pointerdown", () => { pressed = true; }, { capture: true });
  for (const each of ["pointerup", "pointercancel"]) addEventListener(each, () => setTimeout(() => { pressed = false; }), { capture: true });

  async function released() {
    for (let waited = 0; pressed && waited < 2000; waited += 40) await new Promise((done) => { setTimeout(done, 40); });
  }

  async function refresh({ tell, from = location.href }) {
    if (busy) { again = again === null || from === location.href ? from : again; return; }
    busy = true;
    let moved = false;
    if (from === location.href) readAt = performance.now();
    try {
      const answer = await fetch(from, { redirect: "manual", headers: { accept: "text/html", "x-watching": "1" } });
      if (answer.type === "opaqueredirect" || answer.status === 401) { location.reload(); return; }
      if (!answer.ok) throw new Error(String(answer.status));
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      await released();
      setClock(page);
      moved = steadily(() => show(page, { whole: from === location.href, tell }));
      connected();
    } catch {
      disconnected();
    } finally {
      tick();
      setTimeout(goOn, moved ? STILL_MS : again === null ? 0 : FLOOD_MS);
    }
  }

  function goOn() {
    const next = again;
    busy = false;
    again = null;
    if (next !== null) refresh({ tell: true, from: next });
  }

  // --- whether it can still be believed

  async function say(isLost) {
    await released();
    if (lost.hidden !== isLost) return;
    if (isLost) lost.querySelector("[data-since]").textContent = document.getElementById("shown-at").textContent;
    steadily(() => { lost.hidden = !isLost; });
  }

  function disconnected() { say(true); }

  function connected() { say(false); }

  function listen() {
    const shown = new URLSearchParams({ sejak: document.getElementById("shown-at").dateTime }); // what came between is told first
    if (watched() && watched() !== "any") shown.set("lihat", watched().split(" ")[0]); // other processes change it, too
    const source = new EventSource(`/live?${shown}`);
    let failed = null;
    source.addEventListener("open", () => {
      clearTimeout(failed);
      if (failed !== null) look(); // something may have been missed
      failed = null;
      connected();
    });
    source.addEventListener("change", (event) => {
      const justRead = event.data === "counted" && performance.now() - readAt < JUST_MS;
      if (watches(event.data) && !justRead) refresh({ tell: true });
      else if (alarms && (event.data === "counted" || event.data === "*")) refresh({ tell: false, from: alarms });
    });
    source.addEventListener("error", () => {
      if (failed === null) failed = setTimeout(disconnected, 8000);
      if (source.readyState === EventSource.CLOSED) {
        setTimeout(() => { listen(); look(); }, 30000); // too many listen, or the session has ended
      }
    });
    addEventListener("pagehide", () => source.close());
  }

  // The page itself where it watches something, else only its bar: a form that is being filled in is left alone.
  function look() {
    if (watched()) refresh({ tell: true });
    else if (alarms) refresh({ tell: false, from: alarms });
  }

  function everySoOften() {
    const every = Number(document.querySelector("[data-every]")?.dataset.every || 0);
    if (every) setInterval(() => { if (!document.hidden) refresh({ tell: false }); }, every * 1000);
  }

  // --- one press, one form

  addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented) return; // a passkey is asked for first, perhaps more than once
    if (form.dataset.gone) { event.preventDefault(); return; }
    form.dataset.gone = "yes";
    setTimeout(() => { delete form.dataset.gone; }, 5000);
  });

  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
  addEventListener("offline", disconnected);
  addEventListener("online", () => { if (alarms) look(); else refresh({ tell: false }); });

  setClock(document);
  tick();
  setInterval(tick, 10000);
  if (watched() || alarms) listen();
  everySoOften();
})();
