"use strict";
// Lets this browser wake its owner. The form marked data-push carries data-key (our public key, base64url), a hidden
// field `subscription` and, as data-denied, data-failed and data-unsupported, what to say; its own status line is
// marked data-push-said. With the subscription filled in it is sent like any other form.

(() => {
  const form = document.querySelector("form[data-push]");
  if (!form) return;
  form.hidden = false; // without this script there is nothing to send
  const said = form.querySelector("[data-push-said]");
  const button = form.querySelector("button");

  const say = (what) => { said.textContent = form.dataset[what]; };

  function bytes(text) {
    const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
    return Uint8Array.from(plain, (sign) => sign.charCodeAt(0));
  }

  function sameKey(subscription, key) {
    const theirs = new Uint8Array(subscription.options.applicationServerKey ?? []);
    return theirs.length === key.length && theirs.every((byte, place) => byte === key[place]);
  }

  async function subscribe() {
    const key = bytes(form.dataset.key);
    await navigator.serviceWorker.register("/sw.js");
    const { pushManager } = await navigator.serviceWorker.ready;
    const there = await pushManager.getSubscription();
    if (there && sameKey(there, key)) return there;
    if (there) await there.unsubscribe(); // of an earlier key: nobody can send to it any more
    return pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
  }

  async function begin() {
    button.disabled = true;
    try {
      if ((await Notification.requestPermission()) !== "granted") { say("denied"); return; }
      form.elements.subscription.value = JSON.stringify(await subscribe());
      form.submit();
    } catch {
      say("failed");
    } finally {
      button.disabled = false;
    }
  }

  // iOS has push in web apps on the home screen only; plain http has none but on this very machine.
  if (!("PushManager" in window && "serviceWorker" in navigator && "Notification" in window)) {
    button.disabled = true;
    say("unsupported");
    return;
  }
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    begin();
  });
})();
