// One field of the form: its name, its input, and what there is to know about it.
import { controls, el, find, icon, inlineProse, newId } from "../view/dom.js";
import { describeCondition } from "../view/condition.js";
import { shortName } from "../model/contract.js";
import { listEditor, mapEditor } from "./collections.js";
import { messageEditor } from "./nested.js";
import { boolEditor, bytesEditor, enumEditor, isNumber, numberEditor, textEditor } from "./scalars.js";
import { durationEditor, jsonEditor, timestampEditor } from "./wellknown.js";

const wrappers = /^google\.protobuf\.(Bool|Bytes|Double|Float|Int32|Int64|String|UInt32|UInt64)Value$/;

/** A field with everything around its input. */
export class FieldView {
  #editor;
  #violation = el("p", { class: "field-violation" });

  /**
   * @param {import("../model/contract.js").Field} field
   * @param {import("./context.js").FormContext} context
   */
  constructor(field, context) {
    this.field = field;
    this.#editor = editorOf(field, { ...context, onEdit: () => this.#edited(context) });
    const { input, presence } = this.#editor;
    const isGroup = field.type === "message" && !field.repeated && input === undefined;
    const comment = field.comment ? el("p", { class: "field-comment", id: newId("comment") }, inlineProse(field.comment)) : undefined;
    if (comment) {
      input?.setAttribute("aria-describedby", comment.id);
    }
    // The button that adds an element says by itself what it adds to.
    const isLabelled = input && input.tagName !== "BUTTON";
    this.#violation.hidden = true;
    this.element = el("div", { class: "field", "data-field": field.name, role: isGroup ? "group" : undefined, "aria-label": isGroup ? field.name : undefined },
      el("div", { class: "field-head" },
        isLabelled ? el("label", { for: input.id }, field.name) : el("span", { class: "field-name" }, field.name),
        el("span", { class: "field-type" }, typeText(field)),
        field.annotation?.rules?.required && el("span", { class: "required" }, "required"),
        field.deprecated && el("span", { class: "field-deprecated" }, "deprecated"),
        presence),
      el("div", { class: "control" }, this.#editor.element),
      this.#violation,
      comment,
      limits(field));
  }

  read() {
    return this.#editor.read();
  }

  write(value, path, problems) {
    this.showViolation("");
    this.#editor.write(value === null ? undefined : value, path, problems);
  }

  /** The field that a path below this one leads to, or this one. */
  find(path) {
    return path.length === 0 ? this : this.#editor.find?.(path) ?? this;
  }

  /** Shows what the gateway said is wrong with this field; empty text takes it away. */
  showViolation(text) {
    this.element.classList.toggle("violated", text !== "");
    this.#violation.replaceChildren(...text === "" ? [] : [icon("alert"), el("span", {}, text)]);
    this.#violation.hidden = text === "";
  }

  focus() {
    const target = this.#editor.input ?? find(this.element, controls);
    target?.focus();
    target?.scrollIntoView({ block: "center" });
  }

  #edited(context) {
    this.showViolation("");
    context.onEdit();
  }
}

function editorOf(field, context) {
  // An element of a list or map is always set once it is there.
  const single = { ...field, repeated: false, mapKey: undefined, presence: false };
  if (field.mapKey) {
    return mapEditor(field, context, () => elementEditor(single, context));
  }
  return field.repeated ? listEditor(field, context, () => elementEditor(single, context)) : singleEditor(field, context);
}

function elementEditor(field, context) {
  const editor = singleEditor(field, context, true);
  return { ...editor, empty: emptyOf(field, context) };
}

/** The value of an element that says nothing, which JSON has to name all the same. */
function emptyOf(field, { contract }) {
  switch (field.type) {
    case "string":
    case "bytes":
      return "";
    case "bool":
      return false;
    case "enum":
      return contract.enum(field.typeName).values[0].name;
    case "message":
      return { "google.protobuf.Timestamp": "1970-01-01T00:00:00Z", "google.protobuf.Duration": "0s", "google.protobuf.ListValue": [] }[field.typeName] ?? {};
    default:
      return 0;
  }
}

function singleEditor(field, context, isElement = false) {
  switch (field.type) {
    case "string":
      return textEditor(field, context);
    case "bytes":
      return bytesEditor(field, context);
    case "bool":
      return boolEditor(field, context);
    case "enum":
      return enumEditor(field, context);
    case "message":
      return commonMessageEditor(field, context) ?? messageEditor(field, context, isElement);
    default:
      if (!isNumber(field.type)) {
        throw new Error(`There is no input for ${field.name}, which is of type ${field.type}.`);
      }
      return numberEditor(field, context);
  }
}

function commonMessageEditor(field, context) {
  const wrapped = wrappers.exec(field.typeName)?.[1].toLowerCase();
  if (wrapped) {
    return singleEditor({ ...field, type: wrapped, typeName: undefined, presence: true }, context);
  }
  switch (field.typeName) {
    case "google.protobuf.Timestamp":
      return timestampEditor(field, context);
    case "google.protobuf.Duration":
      return durationEditor(context);
    case "google.protobuf.FieldMask":
      return textEditor({ ...field, presence: false }, context);
    case "google.protobuf.Struct":
    case "google.protobuf.Any":
      return jsonEditor(context, "object");
    case "google.protobuf.ListValue":
      return jsonEditor(context, "array");
    case "google.protobuf.Value":
      return jsonEditor(context, "any");
    default:
      return undefined;
  }
}

/** The type of a field in words. */
export function typeText(field) {
  const type = field.typeName ? shortName(field.typeName) : field.type;
  if (field.mapKey) {
    return `map of ${field.mapKey} to ${type}`;
  }
  return `${field.repeated ? "list of " : ""}${type}`;
}

/** What is refused, and which servers know the field. */
function limits(field) {
  const { rules = {}, knownWhen, needs } = field.annotation ?? {};
  const unit = field.typeName === "google.protobuf.Duration" ? " s" : "";
  const texts = [
    range(rules.minLength, rules.maxLength, rules.maxLength === 1 ? " character" : " characters"),
    range(rules.min, rules.max, unit),
    rules.pattern && `matches ${rules.pattern}`,
    rules.maxItems && `at most ${rules.maxItems} elements`,
    knownWhen && `left out on servers without ${describeCondition(knownWhen)}`,
    needs && `needs ${describeCondition(needs)}`,
  ].filter(Boolean);
  return texts.length > 0 && el("p", { class: "field-limits" }, texts.map(text => el("span", {}, text)));
}

function range(min, max, unit) {
  if (min === undefined && max === undefined) {
    return undefined;
  }
  if (max === undefined) {
    return `at least ${min}${unit}`;
  }
  return min === undefined ? `at most ${max}${unit}` : `${min} to ${max}${unit}`;
}
