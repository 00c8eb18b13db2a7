// Lists and maps: one editor per element, to be added and removed.
import { el, icon, newId } from "../view/dom.js";
import { misfit } from "./context.js";

/**
 * @typedef {object} Row
 * @property {HTMLElement[]} element
 * @property {HTMLElement | undefined} focus what to go on with after the row was added
 * @property {import("./context.js").ElementEditor} item
 */

/**
 * What lists and maps have in common: rows, each with a button to remove it, and one button to add another.
 * @template {Row} T
 * @param {import("../model/contract.js").Field} field
 * @param {import("./context.js").FormContext} context
 * @param {() => T} makeRow
 */
function rowsEditor(field, context, makeRow) {
  /** @type {T[]} */
  const rows = [];
  const list = el("ol", { class: "items" });
  const button = el("button", {
    type: "button", class: "button small add", id: newId("field"), onclick: () => {
      add().focus?.focus();
      context.onEdit();
    },
  }, icon("plus"), `Add to ${field.name}`);
  const add = () => {
    const row = makeRow();
    const remove = el("button", { type: "button", class: "icon-button", title: "Remove", "aria-label": `Remove this element of ${field.name}` }, icon("close"));
    const line = el("li", { class: "item" }, row.element, remove);
    remove.addEventListener("click", () => {
      const index = rows.indexOf(row);
      rows.splice(index, 1);
      line.remove();
      (rows[Math.min(index, rows.length - 1)]?.focus ?? button).focus();
      context.onEdit();
    });
    rows.push(row);
    list.append(line);
    return row;
  };
  return {
    rows,
    add,
    clear() {
      rows.length = 0;
      list.replaceChildren();
    },
    element: el("div", {}, list, button),
    input: button,
  };
}

/**
 * A repeated field.
 * @param {import("../model/contract.js").Field} field
 * @param {import("./context.js").FormContext} context
 * @param {() => import("./context.js").ElementEditor} makeEditor
 * @returns {import("./context.js").Editor}
 */
export function listEditor(field, context, makeEditor) {
  const editor = rowsEditor(field, context, () => {
    const item = makeEditor();
    item.input?.setAttribute("aria-label", `Element of ${field.name}`);
    return { item, element: [el("div", { class: "control" }, item.element)], focus: item.input };
  });
  return {
    element: editor.element,
    input: editor.input,
    read() {
      // An element that is there counts, even one that says nothing yet.
      const values = editor.rows.map(({ item }) => item.read() ?? item.empty);
      return values.length === 0 ? undefined : values;
    },
    write(value, path, problems) {
      if (value !== undefined && !Array.isArray(value)) {
        misfit(problems, path, "a list");
      }
      editor.clear();
      (Array.isArray(value) ? value : []).forEach((each, i) => editor.add().item.write(each, `${path}[${i}]`, problems));
    },
    find: ([index, ...rest]) => editor.rows[Number(index)]?.item.find?.(rest),
  };
}

/**
 * A map.
 * @param {import("../model/contract.js").Field} field
 * @param {import("./context.js").FormContext} context
 * @param {() => import("./context.js").ElementEditor} makeEditor
 * @returns {import("./context.js").Editor}
 */
export function mapEditor(field, context, makeEditor) {
  const editor = rowsEditor(field, context, () => {
    const item = makeEditor();
    item.input?.setAttribute("aria-label", `Value in ${field.name}`);
    const key = el("input", { class: "input key", type: "text", placeholder: "key", "aria-label": `Key in ${field.name}`, autocomplete: "off", oninput: context.onEdit });
    return { item, key, element: [key, el("div", { class: "control" }, item.element)], focus: key };
  });
  return {
    element: editor.element,
    input: editor.input,
    read() {
      const entries = editor.rows.filter(({ key }) => key.value !== "").map(({ key, item }) => [key.value, item.read() ?? item.empty]);
      return entries.length === 0 ? undefined : Object.fromEntries(entries);
    },
    write(value, path, problems) {
      const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
      if (value !== undefined && !isObject) {
        misfit(problems, path, "an object");
      }
      editor.clear();
      Object.entries(isObject ? value : {}).forEach(([key, each]) => {
        const row = editor.add();
        row.key.value = key;
        row.item.write(each, `${path}.${key}`, problems);
      });
    },
    find: ([key, ...rest]) => editor.rows.find(row => row.key.value === key)?.item.find?.(rest),
  };
}
