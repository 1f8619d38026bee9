"use strict";
// Keeps an open page true: reads it again when something changed, keeps ages and timers going, and says at once
// when it can no longer do so. Without it every page works; it is then read again by hand.
//
// Parts to be put anew carry data-live="<name>"; the page says what it watches by data-watch ("any" or an id) and
// how often it is read again without news by data-every (seconds).

(() => {
  const words = document.getElementById("tick-words").dataset;
  const lost = document.getElementById("connection");
  const news = document.getElementById("news");
  const watched = () => document.querySelector("[data-watch]")?.dataset.watch;
  const SETTLE_MS = 900; // a button that has just moved under a thumb must not be pressed by it
  const FLOOD_MS = 1000; // between two readings while news keeps coming: ten consoles must not hold up bed answers
  let ahead = 0; // the server's clock minus this device's, milliseconds: a phone's clock may be wrong
  let busy = false;
  let again = false;

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
    return copy.innerHTML;
  };

  function typed(part) {
    const fields = [...part.querySelectorAll("textarea, select, input:not([type=hidden])")];
    return {
      fields: fields.filter((each) => each.id).map((each) => [each.id, each.value, each.checked]),
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

  function settle(part) {
    const buttons = [...part.querySelectorAll("main button:not(:disabled)")];
    for (const each of buttons) each.disabled = true;
    setTimeout(() => buttons.forEach((each) => { each.disabled = false; }), SETTLE_MS);
  }

  function swap(page) {
    let changed = false;
    for (const part of document.querySelectorAll("[data-live]")) {
      const fresh = page.querySelector(`[data-live="${part.dataset.live}"]`);
      if (!fresh || bare(fresh) === bare(part)) continue;
      const kept = typed(part);
      part.replaceWith(fresh);
      restore(kept);
      settle(fresh);
      changed = true;
    }
    document.getElementById("shown-at").replaceWith(page.getElementById("shown-at"));
    return changed;
  }

  async function refresh({ tell }) {
    if (busy) { again = true; return; }
    busy = true;
    try {
      const answer = await fetch(location.href, { redirect: "manual", headers: { accept: "text/html", "x-watching": "1" } });
      if (answer.type === "opaqueredirect" || answer.status === 401) { location.reload(); return; }
      if (!answer.ok) throw new Error(String(answer.status));
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      setClock(page);
      if (swap(page) && tell) news.textContent = `${words.changed} ${new Date().toLocaleTimeString()}`;
      connected();
    } catch {
      disconnected();
    } finally {
      busy = false;
      tick();
      if (again) { again = false; setTimeout(() => refresh({ tell: true }), FLOOD_MS); }
    }
  }

  // --- whether it can still be believed

  function disconnected() {
    if (!lost.hidden) return;
    lost.querySelector("[data-since]").textContent = document.getElementById("shown-at").textContent;
    lost.hidden = false;
  }

  function connected() { lost.hidden = true; }

  function listen() {
    const source = new EventSource("/live");
    let failed = null;
    source.addEventListener("open", () => {
      clearTimeout(failed);
      if (failed !== null) refresh({ tell: true }); // something may have been missed
      failed = null;
      connected();
    });
    source.addEventListener("change", (event) => {
      if (watched() === "any" || event.data === "*" || watched() === event.data) refresh({ tell: true });
    });
    source.addEventListener("error", () => {
      if (failed === null) failed = setTimeout(disconnected, 8000);
      if (source.readyState === EventSource.CLOSED) {
        setTimeout(() => { listen(); refresh({ tell: true }); }, 30000); // too many listen, or the session has ended
      }
    });
    addEventListener("pagehide", () => source.close());
  }

  function everySoOften() {
    const every = Number(document.querySelector("[data-every]")?.dataset.every || 0);
    if (!every) return;
    setInterval(() => { if (!document.hidden) refresh({ tell: false }); }, every * 1000);
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
  addEventListener("online", () => refresh({ tell: false }));

  setClock(document);
  tick();
  setInterval(tick, 10000);
  if (watched()) listen();
  everySoOften();
})();
