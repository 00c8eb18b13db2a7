// A field that holds a message.
import { controls, el, find, icon } from "../view/dom.js";

/**
 * Nothing until it is added; an element of a list is there from the start.
 * @param {import("../model/contract.js").Field} field
 * @param {import("./context.js").FormContext} context
 * @param {boolean} isElement
 * @returns {import("./context.js").Editor}
 */
export function messageEditor(field, context, isElement) {
  const element = el("div", {});
  let editor;
  const isRequired = field.annotation?.rules?.required === true;
  const open = () => {
    // Made when it is needed, since messages may contain themselves.
    editor = context.fieldsEditor(field.typeName, context);
    const remove = !isElement && !isRequired && el("button", {
      type: "button", class: "button small", onclick: () => {
        close();
        find(element, "button")?.focus();
        context.onEdit();
      },
    }, icon("close"), `Remove ${field.name}`);
    element.replaceChildren(el("div", { class: "group" }, editor.element, remove && el("div", {}, remove)));
  };
  const close = () => {
    editor = undefined;
    element.replaceChildren(el("button", {
      type: "button", class: "button small", onclick: () => {
        open();
        find(element, controls)?.focus();
        context.onEdit();
      },
    }, icon("plus"), `Set ${field.name}`));
  };
  const isOpenFromStart = isElement || isRequired;
  (isOpenFromStart ? open : close)();
  return {
    element,
    read: () => editor?.read(),
    write(value, path, problems) {
      if (value === undefined && !isOpenFromStart) {
        close();
        return;
      }
      if (!editor) {
        open();
      }
      editor.write(value, path, problems);
    },
    find: path => editor?.find(path),
  };
}
