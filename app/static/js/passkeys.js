// Asks the browser for a passkey: to make one, or to sign with one. Without JavaScript the pages say so, and a code works.
(() => {
  if (!window.PublicKeyCredential) return;

  const toBytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0));
  const toText = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const withIds = (list) => (list || []).map((one) => ({ ...one, id: toBytes(one.id) }));

  const ask = async (form, url) => {
    const headers = { "X-CSRF-Token": form.elements.csrf_token.value, Accept: "application/json" };
    const answer = await fetch(url, { method: "POST", headers });
    if (!answer.ok || answer.redirected) throw new Error(answer.status);
    const options = await answer.json();
    return { ...options, challenge: toBytes(options.challenge) };
  };

  const make = async (form) => {
    const options = await ask(form, form.dataset.passkeyMake);
    const publicKey = {
      ...options,
      user: { ...options.user, id: toBytes(options.user.id) },
      excludeCredentials: withIds(options.excludeCredentials),
    };
    const { rawId, response } = await navigator.credentials.create({ publicKey });
    return [rawId, { clientDataJSON: toText(response.clientDataJSON), attestationObject: toText(response.attestationObject) }];
  };

  const sign = async (form) => {
    const options = await ask(form, form.dataset.passkeySign);
    const publicKey = { ...options, allowCredentials: withIds(options.allowCredentials) };
    const { rawId, response } = await navigator.credentials.get({ publicKey });
    const parts = ["clientDataJSON", "authenticatorData", "signature"];
    return [rawId, Object.fromEntries(parts.map((name) => [name, toText(response[name])]))];
  };

  document.querySelectorAll("form[data-passkey-make], form[data-passkey-sign]").forEach((form) => {
    const button = form.querySelector("[data-passkey-button]");
    const problem = form.querySelector("[data-passkey-problem]");
    const prove = form.dataset.passkeyMake ? make : sign;
    form.hidden = button.hidden = false;
    button.addEventListener("click", async () => {
      problem.hidden = true;
      try {
        const [rawId, response] = await prove(form);
        const id = toText(rawId);
        form.elements.passkey.value = JSON.stringify({ id, rawId: id, type: "public-key", response, clientExtensionResults: {} });
        form.submit();
      } catch {
        problem.hidden = false;
      }
    });
  });
})();
