"use strict";
// Sounds every five seconds while something waits for a person. What waits are the ids in data-sound, wherever they
// stand; what is said aloud of the newest stands beside them in data-said. Browsers keep silent until the page was
// touched once: until then #touch-for-sound says so.
//
// The tones are put on the audio clock a minute ahead: a hidden tab's timers run once a minute only.

(() => {
  const EVERY_S = 5;
  const AHEAD_S = 70;
  const said = document.getElementById("alarm-said");
  const touch = document.getElementById("touch-for-sound");
  let audio = null;
  let out = null; // what sounds now goes through here; cut off, it is silent at once
  let planned = 0; // until when tones stand on the clock
  let known = new Set();

  const marked = () => [...document.querySelectorAll("[data-sound]")];
  const waiting = () => marked().flatMap((each) => each.dataset.sound.split(" ")).filter(Boolean);

  function tone(at, pitch) {
    const source = audio.createOscillator();
    const loudness = audio.createGain();
    source.type = "square";
    source.frequency.value = pitch;
    loudness.gain.setValueAtTime(0.0001, at);
    loudness.gain.exponentialRampToValueAtTime(0.4, at + 0.02);
    loudness.gain.setValueAtTime(0.4, at + 0.24);
    loudness.gain.exponentialRampToValueAtTime(0.0001, at + 0.28);
    source.connect(loudness).connect(out);
    source.start(at);
    source.stop(at + 0.3);
  }

  function plan() {
    if (!out) { out = audio.createGain(); out.connect(audio.destination); planned = 0; }
    const now = audio.currentTime;
    for (planned = Math.max(planned, now + 0.05); planned < now + AHEAD_S; planned += EVERY_S) {
      tone(planned, 880);
      tone(planned + 0.35, 660);
      tone(planned + 0.7, 880);
    }
  }

  function hush() {
    out?.disconnect();
    out = null;
  }

  // The touch that lets it sound may be on any button: nothing may move under it, or the press would be lost.
  function ask(wanted) {
    if (wanted) touch.hidden = false;
    touch.style.visibility = wanted ? "" : "hidden";
  }

  function sound() {
    const able = audio?.state === "running";
    const loud = waiting().length > 0;
    if (able && loud) plan();
    else hush();
    if (touch) ask(!able && (loud || "always" in touch.dataset));
  }

  function tell() {
    const now = waiting();
    if (now.some((each) => !known.has(each))) {
      hush(); // so that the new one sounds at once
      said.textContent = marked().map((each) => each.dataset.said).filter(Boolean).join(" ");
    } else if (!now.length) said.textContent = "";
    known = new Set(now);
    sound();
  }

  function begin() {
    if (!window.AudioContext) return;
    if (!audio) {
      audio = new AudioContext();
      audio.addEventListener("statechange", sound);
    }
    audio.resume().catch(() => {}); // not yet: nobody has touched the page
  }

  for (const each of ["pointerdown", "keydown"]) addEventListener(each, begin, { capture: true });
  document.addEventListener("gerbang:shown", tell);
  setInterval(sound, EVERY_S * 1000);
  begin();
  tell();
})();
