// The ten scores: the total while one types, why it is not enough yet, and ten numbers in one line by keyboard.
(() => {
  "use strict";
  const all = (selector, root = document) => Array.from(root.querySelectorAll(selector));
  const numbersOf = (form) => [...new Set(all("[data-score]", form).map((input) => Number(input.dataset.score)))];

  // What stands in the form, by indicator: a number, or undefined. The server's answer to a save remains the truth.
  const scoresOf = (form) => {
    const scores = new Map(numbersOf(form).map((number) => [number, undefined]));
    const given = all("input[data-score]", form).filter((input) => input.type !== "radio" || input.checked);
    given.filter(isValid).forEach((input) => input.value && scores.set(Number(input.dataset.score), Number(input.value)));
    return scores;
  };
  const isValid = (input) => input.type === "radio" || /^([1-9]\d*)?$/.test(input.value) && !(Number(input.value) > Number(input.dataset.most));

  const reasonsFor = (scores, box) => {
    const keys = (test) => [...scores].filter(([, score]) => test(score)).map(([number]) => number).join(", ");
    const missing = keys((score) => score === undefined);
    const below = keys((score) => score < Number(box.floor));
    const short = Number(box.passMark) - sumOf(scores);
    return [
      missing && box.textMissing.replace("{list}", missing),
      below && box.textBelow.replace("{list}", below),
      !missing && short > 0 && box.textShort.replace("{count}", short),
    ].filter(Boolean);
  };
  const sumOf = (scores) => [...scores.values()].reduce((sum, score) => sum + (score || 0), 0);

  const showTotal = (form) => {
    const box = form.querySelector("[data-total]");
    if (!box) return;
    const scores = scoresOf(form);
    all("[data-score-line] input", form).forEach((input) => input.classList.toggle("is-low", scores.get(Number(input.dataset.score)) < Number(box.dataset.floor)));
    const reasons = reasonsFor(scores, box.dataset);
    box.querySelector("[data-total-sum]").textContent = sumOf(scores);
    box.querySelector("[data-total-answered]").textContent = [...scores.values()].filter(Boolean).length;
    box.querySelector("[data-total-reasons]").replaceChildren(...(reasons.length ? reasons : [box.dataset.textMet]).map((text) => {
      const item = document.createElement("li");
      item.textContent = text;
      item.classList.toggle("is-met", !reasons.length);
      return item;
    }));
  };
  const showLevel = (input) => {
    const levels = document.querySelector(`[data-levels="${input.dataset.score}"]`);
    if (levels) all("dt", levels).forEach((term) => {
      const chosen = Number(term.dataset.least) <= input.value && input.value <= Number(term.dataset.most);
      [term, term.nextElementSibling].forEach((element) => element.classList.toggle("is-chosen", chosen));
    });
  };
  document.addEventListener("input", ({ target }) => {
    if (!target.matches("[data-score]") || !target.form) return;
    target.setAttribute("aria-invalid", String(!isValid(target)));
    if (target.type === "radio") showLevel(target);
    showTotal(target.form);
  });

  // One line of ten: 2–9 move on at once, 1 waits for a possible 0, and any other digit after it belongs to the next box.
  const neighbour = (input, step) => {
    const inputs = all("input", input.closest("[data-score-line]"));
    return inputs[inputs.indexOf(input) + step];
  };
  const go = (input) => input && (input.focus(), input.select());
  const put = (input, value) => {
    input.value = value;
    input.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const inLine = (event) => event.target.matches("[data-score-line] input");
  const isWhole = (input) => Number(input.value) * 10 > Number(input.dataset.most) || input.value.length > 1;

  document.addEventListener("input", (event) => {
    if (inLine(event) && event.inputType === "insertText" && isWhole(event.target) && isValid(event.target)) go(neighbour(event.target, 1));
  });
  document.addEventListener("beforeinput", (event) => {
    const input = event.target;
    if (!inLine(event) || event.inputType !== "insertText" || input.value !== "1" || event.data === "0") return;
    if (input.selectionStart !== input.selectionEnd || !/^[1-9]$/.test(event.data) || !neighbour(input, 1)) return;
    event.preventDefault();
    const next = neighbour(input, 1);
    go(next);
    put(next, event.data);
    if (isWhole(next)) go(neighbour(next, 1));
  });
  document.addEventListener("keydown", (event) => {
    if (!inLine(event)) return;
    const input = event.target;
    const back = event.key === "ArrowLeft" || (event.key === "Backspace" && !input.value);
    const on = ["ArrowRight", " ", "Enter"].includes(event.key) && neighbour(input, 1);
    if (back || on) event.preventDefault(), go(neighbour(input, back ? -1 : 1));
  });
  document.addEventListener("paste", (event) => {
    if (!inLine(event)) return;
    const numbers = event.clipboardData.getData("text").match(/\d+/g) || [];
    if (numbers.length < 2) return;
    event.preventDefault();
    numbers.reduce((input, number) => input && (put(input, number), neighbour(input, 1)), event.target);
  });
  all("form").filter((form) => form.querySelector("[data-score]")).forEach(showTotal);
})();
