/* Passkeys: asks the browser for one and sends what it answers with the form. Needs mfa/js/webauthn-json.js. */
(() => {
  "use strict";
  const passkeys = window.webauthnJSON;
  if (!passkeys || !passkeys.supported()) return;
  const options = document.getElementById("passkey-options");
  const given = options ? JSON.parse(options.textContent) : {};

  const ways = {
    create(form) {
      const wanted = structuredClone(given.creation_options);
      const alone = form.elements.passwordless?.checked;
      Object.assign(wanted.publicKey.authenticatorSelection, {
        residentKey: alone ? "required" : "discouraged",
        requireResidentKey: Boolean(alone),
        ...(alone ? { userVerification: "required" } : {}),
      });
      return passkeys.create(wanted);
    },
    get: () => passkeys.get(given.request_options),
    async "sign-in"(form) {
      const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error("no options");
      return passkeys.get((await answer.json()).request_options);
    },
  };

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.hidden = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const words = form.querySelector("[data-words]");
      try {
        form.elements.credential.value = JSON.stringify(await ways[form.dataset.passkey](form));
        form.submit();
      } catch {
        words.textContent = "No passkey was used: it was cancelled, took too long, or this device has none for this site.";
      }
    });
  }
  document.querySelector("[data-without-passkeys]")?.remove();
})();
