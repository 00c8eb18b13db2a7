// A message: its fields one below the other, with a choice where only one of several may be set.
import { el, newId } from "../view/dom.js";
import { misfit } from "./context.js";
import { FieldView } from "./field.js";
import { shortName } from "../model/contract.js";

/**
 * The fields of a message.
 * @param {string} typeName
 * @param {import("./context.js").FormContext} context
 * @returns {import("./context.js").Editor}
 */
export function fieldsEditor(typeName, context) {
  const { fields } = context.contract.message(typeName);
  const members = membersOf(fields, { ...context, fieldsEditor });
  const names = new Set(fields.flatMap(field => [field.jsonName, field.name]));
  return {
    element: el("div", { class: "fields" }, members.map(member => member.element)),
    read() {
      const value = {};
      members.forEach(member => member.readInto(value));
      return value;
    },
    write(value, path, problems) {
      const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
      if (value !== undefined && !isObject) {
        misfit(problems, path || "The request", "an object");
      }
      const given = isObject ? value : {};
      Object.keys(given).filter(name => !names.has(name)).forEach(name => problems.push(`${join(path, name)}: ${shortName(typeName)} has no such field`));
      members.forEach(member => member.write(given, path, problems));
    },
    find([name, ...rest]) {
      const member = members.find(each => each.fields.some(field => field.name === name || field.jsonName === name));
      return member?.find(name, rest);
    },
  };
}

/** The fields of a message, those of a oneof together. */
function membersOf(fields, context) {
  const members = [];
  const oneofs = new Set();
  for (const field of fields) {
    if (!field.oneof) {
      members.push(plainMember(field, context));
    } else if (!oneofs.has(field.oneof)) {
      oneofs.add(field.oneof);
      members.push(oneofMember(field.oneof, fields.filter(each => each.oneof === field.oneof), context));
    }
  }
  return members;
}

function plainMember(field, context) {
  const view = new FieldView(field, context);
  return {
    fields: [field],
    element: view.element,
    readInto(value) {
      const member = view.read();
      if (member !== undefined) {
        value[field.jsonName] = member;
      }
    },
    write: (value, path, problems) => view.write(valueOf(value, field), join(path, field.name), problems),
    find: (_, rest) => view.find(rest),
  };
}

function oneofMember(name, fields, context) {
  const group = newId("oneof");
  const place = el("div", { class: "fields" });
  let view;
  const choose = field => {
    // Chosen means set, so the editor itself need not ask.
    view = field && new FieldView({ ...field, presence: false }, context);
    place.replaceChildren(...view ? [view.element] : []);
    radios.forEach(radio => {
      radio.checked = radio.value === (field?.name ?? "");
    });
  };
  const radios = [undefined, ...fields].map(field => el("input", {
    type: "radio", name: group, value: field?.name ?? "", id: newId("choice"), onchange: () => {
      choose(field);
      context.onEdit();
    },
  }));
  choose(undefined);
  return {
    fields,
    element: el("fieldset", { class: "oneof", "data-oneof": name },
      el("legend", { class: "oneof-legend" }, el("span", { class: "field-name" }, name), el("span", { class: "quiet" }, " – at most one of these")),
      el("div", { class: "choices" }, radios.map((radio, i) => el("label", { for: radio.id }, radio, fields[i - 1]?.name ?? "none"))),
      place),
    readInto(value) {
      if (view) {
        value[view.field.jsonName] = view.read() ?? zeroOf(view.field);
      }
    },
    write(value, path, problems) {
      const given = fields.filter(field => valueOf(value, field) !== undefined);
      if (given.length > 1) {
        problems.push(`${join(path, name)}: only one of ${given.map(field => field.name).join(", ")} may be set`);
      }
      choose(given[0]);
      view?.write(valueOf(value, given[0]), join(path, given[0].name), problems);
    },
    find(field, rest) {
      return view?.field.name === field || view?.field.jsonName === field ? view.find(rest) : undefined;
    },
  };
}

/** What a chosen field of a oneof says as long as nothing was typed. */
function zeroOf(field) {
  return { string: "", bytes: "", bool: false, message: {} }[field.type] ?? 0;
}

function valueOf(object, field) {
  const value = object[field.jsonName] ?? object[field.name];
  return value === null ? undefined : value;
}

function join(path, name) {
  return path === "" ? name : `${path}.${name}`;
}
