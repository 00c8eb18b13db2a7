// Inputs for Google's common messages, which have a JSON form of their own.
import { el, newId } from "../view/dom.js";
import { misfit } from "./context.js";

/**
 * An instant, chosen in local time and sent in UTC.
 * @param {import("../model/contract.js").Field} field
 * @param {import("./context.js").FormContext} context
 * @returns {import("./context.js").Editor}
 */
export function timestampEditor(field, context) {
  const input = el("input", { class: "input", type: "datetime-local", step: "1", id: newId("field") });
  const hint = el("p", { class: "field-hint" });
  // As it was written, until the user chooses another: it may be finer than the input.
  let text;
  const show = () => {
    hint.textContent = text === undefined ? "In this computer's time zone; sent in UTC." : `Sent as ${text}`;
  };
  const choose = date => {
    text = date === undefined || Number.isNaN(date.getTime()) ? undefined : date.toISOString().replace(/\.000Z$/, "Z");
    show();
    context.onEdit();
  };
  input.addEventListener("input", () => choose(input.value === "" ? undefined : new Date(input.value)));
  const now = el("button", {
    type: "button", class: "button", "aria-label": `${field.name}: now`, onclick: () => {
      const date = new Date();
      date.setMilliseconds(0);
      input.value = localText(date);
      choose(date);
    },
  }, "Now");
  show();
  return {
    element: el("div", {}, el("div", { class: "with-button" }, input, now), hint),
    input,
    read: () => text,
    write(value, path, problems) {
      const date = typeof value === "string" ? new Date(value) : undefined;
      if (value !== undefined && (date === undefined || Number.isNaN(date.getTime()))) {
        misfit(problems, path, "an instant such as 2026-01-31T12:00:00Z");
        text = undefined;
        input.value = "";
      } else {
        text = value;
        input.value = date ? localText(date) : "";
      }
      show();
    },
  };
}

function localText(date) {
  const local = new Date(date.getTime() - date.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 19);
}

/**
 * A length of time in seconds.
 * @param {import("./context.js").FormContext} context
 * @returns {import("./context.js").Editor}
 */
export function durationEditor(context) {
  const input = el("input", { class: "input", type: "text", inputmode: "decimal", id: newId("field"), placeholder: "not set", autocomplete: "off" });
  const isValid = text => /^-?\d+(\.\d{1,9})?$/.test(text);
  const check = () => input.setAttribute("aria-invalid", String(input.value.trim() !== "" && !isValid(input.value.trim())));
  input.addEventListener("input", () => {
    check();
    context.onEdit();
  });
  return {
    element: el("div", { class: "with-button" }, input, el("span", { class: "unit" }, "seconds")),
    input,
    read: () => input.value.trim() === "" ? undefined : `${input.value.trim()}s`,
    write(value, path, problems) {
      if (value === undefined) {
        input.value = "";
      } else if (typeof value === "string" && value.endsWith("s") && isValid(value.slice(0, -1))) {
        input.value = value.slice(0, -1);
      } else {
        misfit(problems, path, 'a duration such as "30s"');
        input.value = "";
      }
      check();
    },
  };
}

/**
 * Any JSON (Struct, Value, ListValue, Any).
 * @param {import("./context.js").FormContext} context
 * @param {"object" | "array" | "any"} kind
 * @returns {import("./context.js").Editor}
 */
export function jsonEditor(context, kind) {
  const input = el("textarea", {
    class: "input code", rows: 2, id: newId("field"), spellcheck: "false",
    placeholder: { object: "JSON, such as {\"key\": 1}", array: "JSON, such as [1, 2]", any: "JSON" }[kind],
  });
  const problem = el("p", { class: "field-problem" });
  problem.hidden = true;
  let value;
  const fits = given => kind === "any" || (typeof given === "object" && given !== null && Array.isArray(given) === (kind === "array"));
  const show = text => {
    problem.textContent = text;
    problem.hidden = text === "";
    input.setAttribute("aria-invalid", String(text !== ""));
  };
  input.addEventListener("input", () => {
    try {
      value = input.value.trim() === "" ? undefined : JSON.parse(input.value);
      show(value === undefined || fits(value) ? "" : `An ${kind} is expected.`);
    } catch (error) {
      // The last value that could be read goes on counting.
      show(`This is no JSON yet: ${error.message}`);
    }
    context.onEdit();
  });
  return {
    element: el("div", {}, input, problem),
    input,
    read: () => value,
    write(given, path, problems) {
      if (given !== undefined && !fits(given)) {
        misfit(problems, path, `an ${kind}`);
      }
      value = given;
      input.value = given === undefined ? "" : JSON.stringify(given, null, 2);
      show("");
    },
  };
}
