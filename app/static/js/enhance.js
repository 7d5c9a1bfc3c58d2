// What pages do beyond what they already do without a script. Every behaviour is asked for by a data attribute.
(() => {
  "use strict";
  const all = (selector, root = document) => Array.from(root.querySelectorAll(selector));

  // A form is sent once. The button is not disabled: a disabled button's name and value would not be sent.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || form.hasAttribute("data-repeatable")) return;
    if (form.dataset.sent) return event.preventDefault();
    form.dataset.sent = "yes";
    delete form.dataset.dirty;
    all("[type=submit]", form).forEach((button) => button.setAttribute("aria-disabled", "true"));
  });
  // A page that comes back from the browser's cache, or an answer that htmx swapped in, may be sent again.
  const release = (root) => all("form[data-sent]", root).forEach((form) => {
    delete form.dataset.sent;
    all("[type=submit]", form).forEach((button) => button.removeAttribute("aria-disabled"));
  });
  window.addEventListener("pageshow", () => release(document));
  document.addEventListener("htmx:afterRequest", () => release(document));

  // Leaving with unsaved input asks first. Browsers word the question themselves.
  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (form && form.matches("[data-unsaved], [data-autosave]")) form.dataset.dirty = "yes";
  });
  window.addEventListener("beforeunload", (event) => {
    if (document.querySelector("form[data-dirty]")) event.preventDefault(), (event.returnValue = "");
  });

  // Autosave: the form is posted to data-autosave a moment after the last change.
  // Answers: 200 {"saved_at": "09:31", "fields": {"revision": "4"}}; 401 signed out; 409 changed elsewhere; 4xx refused.
  const texts = { 401: "textSignedOut", 403: "textSignedOut", 409: "textConflict" };
  const waiting = new WeakMap();
  const tell = (form, key, time) => {
    const status = form.querySelector("[data-autosave-status]");
    if (!status) return;
    status.textContent = status.dataset[key].replace("{time}", time || "");
    status.classList.toggle("is-failed", !["textSaving", "textSaved"].includes(key));
  };
  const save = async (form) => {
    delete form.dataset.dirty;
    tell(form, "textSaving");
    try {
      const headers = { Accept: "application/json" };
      const answer = await fetch(form.dataset.autosave, { method: "POST", body: new FormData(form), headers });
      // Sessions that ended answer with the sign-in page, which is no JSON.
      if (answer.redirected) return fail(form, "textSignedOut");
      if (!answer.ok) return fail(form, texts[answer.status] || "textRefused");
      const { saved_at: time, fields } = await answer.json();
      Object.entries(fields || {}).forEach(([name, value]) => (form.elements[name].value = value));
      tell(form, "textSaved", time);
    } catch {
      fail(form, "textOffline");
      later(form, 10000);
    }
  };
  const fail = (form, key) => {
    form.dataset.dirty = "yes";
    tell(form, key);
  };
  const later = (form, delay) => {
    clearTimeout(waiting.get(form));
    waiting.set(form, setTimeout(() => form.dataset.sent || save(form), delay));
  };
  document.addEventListener("input", ({ target: { form } }) => {
    if (form && form.hasAttribute("data-autosave")) later(form, 1200);
  });

  // Uploads through htmx show how far they are.
  document.addEventListener("htmx:xhr:progress", ({ target, detail }) => {
    const bar = target.querySelector("[data-upload-progress]");
    if (bar && detail.lengthComputable) (bar.hidden = false), (bar.value = (100 * detail.loaded) / detail.total);
  });

  // A filter that changes is a filter that applies; without a script its button does it.
  document.addEventListener("change", ({ target }) => {
    if (target.matches("[data-submit-on-change]")) target.form.requestSubmit ? target.form.requestSubmit() : target.form.submit();
  });

  // Menus close when one looks elsewhere.
  const close = (except) => all("details.drop[open]").forEach((menu) => menu.contains(except) || (menu.open = false));
  document.addEventListener("click", (event) => close(event.target));
  document.addEventListener("keydown", (event) => {
    const menu = event.key === "Escape" && document.activeElement.closest("details.drop[open]");
    if (menu) (menu.open = false), menu.querySelector("summary").focus();
  });

  // After a form that did not pass, the reader starts at what is wrong.
  const summary = document.querySelector("[data-error-summary]");
  if (summary) summary.focus();
  all("[data-print]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  });
})();
