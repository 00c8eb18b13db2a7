// What a message consists of: its fields with their types and comments, nested ones on demand.
import { el, icon, inlineProse } from "./dom.js";
import { typeText } from "../form/field.js";
import { shortName } from "../model/contract.js";

/**
 * @param {import("../model/contract.js").Contract} contract
 * @param {string} typeName
 */
export function schemaView(contract, typeName) {
  const { fields } = contract.message(typeName);
  return fields.length === 0
    ? el("p", { class: "quiet" }, "It has no fields.")
    : el("dl", { class: "schema" }, fields.map(field => fieldView(contract, field)));
}

function fieldView(contract, field) {
  const isMessage = field.type === "message" && contract.describes(field.typeName);
  const isEnum = field.type === "enum";
  return el("div", {},
    el("dt", {}, el("span", { class: "field-name" }, field.jsonName), " ", el("span", { class: "field-type" }, typeText(field)), field.deprecated && el("span", { class: "field-deprecated" }, " deprecated")),
    el("dd", {},
      field.comment && el("p", {}, inlineProse(field.comment)),
      isMessage && nested(`Fields of ${shortName(field.typeName)}`, () => schemaView(contract, field.typeName)),
      isEnum && nested(`Values of ${shortName(field.typeName)}`, () => valuesView(contract.enum(field.typeName)))));
}

function valuesView({ values }) {
  return el("dl", { class: "schema" }, values.map(value => el("div", {},
    el("dt", {}, el("span", { class: "field-name" }, value.name)), el("dd", {}, value.comment && el("p", {}, inlineProse(value.comment))))));
}

/** Made when it is first opened: messages may contain themselves. */
function nested(title, make) {
  const details = el("details", { class: "more" }, el("summary", {}, icon("chevron"), title));
  details.addEventListener("toggle", () => {
    if (details.open && details.children.length === 1) {
      details.append(make());
    }
  });
  return details;
}
