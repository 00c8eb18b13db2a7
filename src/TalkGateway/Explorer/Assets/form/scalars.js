// Inputs for single values: text, numbers, booleans, enums and bytes.
import { el, inlineProse, newId } from "../view/dom.js";
import { shortName } from "../model/contract.js";
import { misfit } from "./context.js";

const wide = new Set(["int64", "uint64", "sint64", "fixed64", "sfixed64"]);
const decimal = new Set(["double", "float"]);
const words = new Set(["NaN", "Infinity", "-Infinity"]);

/** Whether a scalar type is a number. */
export function isNumber(type) {
  return wide.has(type) || decimal.has(type) || /^(u?int32|sint32|s?fixed32)$/.test(type);
}

/**
 * Text. With presence, empty text is a value and "set" says whether there is one.
 * @param {import("../model/contract.js").Field} field
 * @param {import("./context.js").FormContext} context
 * @returns {import("./context.js").Editor & { presence?: HTMLElement }}
 */
export function textEditor(field, context) {
  const isLong = !field.annotation?.rules?.pattern && /message|description|text|payload|comment|^fn$/.test(field.name);
  const isToken = field.name === "token" || field.name.endsWith("_token");
  const input = isLong
    ? el("textarea", { class: "input", rows: 1, id: newId("field") })
    : el("input", { class: "input", type: "text", id: newId("field"), spellcheck: "false", autocomplete: "off", list: isToken ? "known-rooms" : undefined });
  const presence = field.presence ? presenceBox(input, context) : undefined;
  input.addEventListener("input", () => {
    presence?.set(true);
    context.onEdit();
  });
  return {
    element: input,
    input,
    presence: presence?.element,
    read: () => (presence ? presence.isSet() : input.value !== "") ? input.value : undefined,
    write(value, path, problems) {
      if (value !== undefined && typeof value !== "string") {
        misfit(problems, path, "text");
      }
      input.value = value === undefined ? "" : String(value);
      presence?.set(value !== undefined);
    },
  };
}

function presenceBox(input, context) {
  const id = newId("set");
  const box = el("input", { type: "checkbox", id });
  const show = () => input.setAttribute("placeholder", box.checked ? "" : "not set");
  box.addEventListener("change", () => {
    if (!box.checked) {
      input.value = "";
    }
    show();
    context.onEdit();
  });
  show();
  return {
    element: el("span", { class: "presence" }, box, el("label", { for: id }, "set")),
    isSet: () => box.checked,
    set(value) {
      box.checked = value;
      show();
    },
  };
}

/**
 * A number; empty is not set. What is no number is kept as it is, for the gateway to refuse.
 * @param {import("../model/contract.js").Field} field
 * @param {import("./context.js").FormContext} context
 * @returns {import("./context.js").Editor}
 */
export function numberEditor(field, context) {
  const input = el("input", {
    class: "input", type: "text", inputmode: decimal.has(field.type) ? "decimal" : "numeric", id: newId("field"), autocomplete: "off",
    placeholder: field.presence ? "not set" : "0",
  });
  const isValid = text => text === "" || (decimal.has(field.type) ? words.has(text) || !Number.isNaN(Number(text)) : /^-?\d+$/.test(text));
  const check = () => input.setAttribute("aria-invalid", String(!isValid(input.value.trim())));
  input.addEventListener("input", () => {
    check();
    context.onEdit();
  });
  return {
    element: input,
    input,
    read() {
      const text = input.value.trim();
      if (text === "") {
        return undefined;
      }
      const value = !isValid(text) || wide.has(field.type) || words.has(text) ? text : Number(text);
      return field.presence || Number(value) !== 0 ? value : undefined;
    },
    write(value, path, problems) {
      const text = value === undefined ? "" : String(value);
      if (!["number", "string", "undefined"].includes(typeof value) || !isValid(text)) {
        misfit(problems, path, decimal.has(field.type) ? "a number" : "a whole number");
      }
      input.value = text;
      check();
    },
  };
}

/**
 * True or false; with presence also neither.
 * @param {import("../model/contract.js").Field} field
 * @param {import("./context.js").FormContext} context
 * @returns {import("./context.js").Editor}
 */
export function boolEditor(field, context) {
  if (!field.presence) {
    const box = el("input", { type: "checkbox", id: newId("field"), onchange: context.onEdit });
    const text = el("label", { for: box.id }, "true");
    return {
      element: el("span", { class: "check" }, box, text),
      input: box,
      read: () => box.checked ? true : undefined,
      write(value, path, problems) {
        if (value !== undefined && typeof value !== "boolean") {
          misfit(problems, path, "true or false");
        }
        box.checked = value === true;
      },
    };
  }
  const select = el("select", { class: "input", id: newId("field"), onchange: context.onEdit },
    el("option", { value: "" }, "not set"), el("option", { value: "true" }, "true"), el("option", { value: "false" }, "false"));
  return {
    element: select,
    input: select,
    read: () => select.value === "" ? undefined : select.value === "true",
    write(value, path, problems) {
      if (value !== undefined && typeof value !== "boolean") {
        misfit(problems, path, "true or false");
      }
      select.value = typeof value === "boolean" ? String(value) : "";
    },
  };
}

/**
 * One of the values of an enum, with the comment of the one that is chosen.
 * @param {import("../model/contract.js").Field} field
 * @param {import("./context.js").FormContext} context
 * @returns {import("./context.js").Editor}
 */
export function enumEditor(field, context) {
  const { values } = context.contract.enum(field.typeName);
  const zero = values.find(value => value.number === 0)?.name ?? values[0].name;
  const select = el("select", { class: "input", id: newId("field") },
    field.presence && el("option", { value: "" }, "not set"),
    values.map(value => el("option", { value: value.name }, `${value.name}${value.deprecated ? " (deprecated)" : ""}`)));
  const comment = el("p", { class: "choice-comment" });
  const show = () => {
    const text = values.find(value => value.name === select.value)?.comment ?? "";
    comment.replaceChildren(...inlineProse(text));
    comment.hidden = text === "";
  };
  select.addEventListener("change", () => {
    show();
    context.onEdit();
  });
  const reset = () => {
    select.value = field.presence ? "" : zero;
  };
  reset();
  show();
  return {
    element: el("div", {}, select, comment),
    input: select,
    read: () => select.value === "" || (!field.presence && select.value === zero) ? undefined : select.value,
    write(value, path, problems) {
      const known = values.find(each => each.name === value || each.number === value);
      if (known) {
        select.value = known.name;
      } else {
        if (value !== undefined) {
          misfit(problems, path, `a value of ${shortName(field.typeName)}`);
        }
        reset();
      }
      show();
    },
  };
}

/**
 * Bytes, from a file or typed in Base64.
 * @param {import("../model/contract.js").Field} field
 * @param {import("./context.js").FormContext} context
 * @returns {import("./context.js").Editor}
 */
export function bytesEditor(field, context) {
  const input = el("input", { class: "input code", type: "text", id: newId("field"), placeholder: "Base64", spellcheck: "false", autocomplete: "off", oninput: context.onEdit });
  const file = el("input", { type: "file", class: "visually-hidden", tabindex: "-1", "aria-label": `File for ${field.name}` });
  const button = el("button", { type: "button", class: "button", onclick: () => file.click() }, "Choose a file");
  file.addEventListener("change", async () => {
    if (file.files.length > 0) {
      const bytes = new Uint8Array(await file.files[0].arrayBuffer());
      let binary = "";
      bytes.forEach(byte => {
        binary += String.fromCharCode(byte);
      });
      input.value = btoa(binary);
      context.onEdit();
    }
  });
  return {
    element: el("div", { class: "with-button" }, input, button, file),
    input,
    read: () => input.value === "" ? undefined : input.value,
    write(value, path, problems) {
      if (value !== undefined && typeof value !== "string") {
        misfit(problems, path, "bytes in Base64");
      }
      input.value = value === undefined ? "" : String(value);
    },
  };
}
