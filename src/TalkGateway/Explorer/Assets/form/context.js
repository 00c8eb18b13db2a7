// What all parts of a form share.

/**
 * @typedef {object} FormContext
 * @property {import("../model/contract.js").Contract} contract
 * @property {() => void} onEdit called after every change that the user made
 * @property {(typeName: string, context: FormContext) => Editor} [fieldsEditor] makes the fields of a message within a message
 */

/**
 * A part of the form that stands for one value. `read` gives the value as proto3 JSON, or undefined if it is not set; `write`
 * shows a value and notes what does not fit; `find` gives the field that a path such as ["actor", "id"] leads to.
 * @typedef {object} Editor
 * @property {HTMLElement} element
 * @property {() => unknown} read
 * @property {(value: unknown, path: string, problems: string[]) => void} write
 * @property {(path: string[]) => import("./field.js").FieldView | undefined} [find]
 * @property {HTMLElement} [input] what a label is for
 */

/**
 * A part of the form that stands for an element of a list or a map; `empty` is its value as long as it says nothing.
 * @typedef {Editor & { empty: unknown }} ElementEditor
 */

/** Notes that a value has another type than the field. */
export function misfit(problems, path, expected) {
  problems.push(`${path}: ${expected} is expected`);
}
