// A form that waited for a second factor goes on by itself; without JavaScript its button does it.
// Not by form.requestSubmit: a field of that name would stand in its place.
document.querySelectorAll("form[data-send-on]").forEach((form) => HTMLFormElement.prototype.requestSubmit.call(form));
