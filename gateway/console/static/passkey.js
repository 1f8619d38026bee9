// Passkeys: asks the browser to sign or to make one, and sends its answer with the form it stands in.
// Without this script, or where the browser knows no passkeys, the form stays hidden and a code does.
"use strict";

(() => {
  if (!window.PublicKeyCredential || !navigator.credentials) return;

  const bytes = (text) => {
    const whole = text.replace(/-/g, "+").replace(/_/g, "/");
    return Uint8Array.from(atob(whole), (sign) => sign.charCodeAt(0));
  };
  const text = (buffer) => {
    let whole = "";
    for (const each of new Uint8Array(buffer)) whole += String.fromCharCode(each);
    return btoa(whole).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  };
  const known = (list) => (list || []).map((each) => ({ ...each, id: bytes(each.id) }));

  const ask = {
    get: async (asked) => {
      const made = await navigator.credentials.get({
        publicKey: { ...asked, challenge: bytes(asked.challenge), allowCredentials: known(asked.allowCredentials) },
      });
      const said = made.response;
      return answer(made, {
        clientDataJSON: text(said.clientDataJSON),
        authenticatorData: text(said.authenticatorData),
        signature: text(said.signature),
        userHandle: said.userHandle ? text(said.userHandle) : undefined,
      });
    },
    create: async (asked) => {
      const made = await navigator.credentials.create({
        publicKey: {
          ...asked,
          challenge: bytes(asked.challenge),
          user: { ...asked.user, id: bytes(asked.user.id) },
          excludeCredentials: known(asked.excludeCredentials),
        },
      });
      const said = made.response;
      return answer(made, {
        clientDataJSON: text(said.clientDataJSON),
        attestationObject: text(said.attestationObject),
      });
    },
  };
  const answer = (made, response) =>
    JSON.stringify({ id: made.id, rawId: text(made.rawId), type: made.type, response, clientExtensionResults: {} });

  const send = async (form) => {
    const question = await fetch(form.dataset.question, {
      method: "POST",
      headers: { "x-csrf": form.elements.csrf.value },
      credentials: "same-origin",
    });
    if (!question.ok) throw new Error(String(question.status));
    form.elements.answer.value = await ask[form.dataset.passkey](await question.json());
    form.submit();
  };

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.hidden = false;
    const failed = form.querySelector("[data-failed]");
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      failed.hidden = true;
      send(form).catch(() => { failed.hidden = false; });
    });
  }
})();
