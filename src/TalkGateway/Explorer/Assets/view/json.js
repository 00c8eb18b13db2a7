// JSON, coloured, with objects and lists that can be folded.
import { el, icon } from "./dom.js";

/** How many lines are unfolded from the start, and how many elements are shown at a time. */
const openLines = 260;
const page = 100;

/**
 * @param {unknown} value
 * @param {string} label what it is, for users of screen readers
 * @param {{ contract: import("../model/contract.js").Contract, typeName: string }} [type] what its members are documented by
 */
export function jsonView(value, label, type) {
  const view = el("div", { class: "json", role: "group", "aria-label": label });
  const shared = { budget: openLines, contract: type?.contract };
  view.append(...lines(value, { comma: "", depth: 0, type: type && { name: type.typeName, isMap: false } }, shared));
  useArrowKeys(view);
  return view;
}

/**
 * The lines of a value.
 * @param {unknown} value
 * @param {{ key?: string, comment?: string, comma: string, depth: number, type?: { name: string, isMap: boolean } }} place
 * @param {{ budget: number, contract?: import("../model/contract.js").Contract }} shared
 */
function lines(value, { key, comment, comma, depth, type }, shared) {
  const start = key === undefined ? [] : [el("span", { class: "json-key", title: comment }, JSON.stringify(key)), el("span", { class: "json-mark" }, ": ")];
  if (typeof value !== "object" || value === null) {
    shared.budget -= 1;
    return [el("div", { class: "json-line" }, start, scalar(value), mark(comma))];
  }
  const isList = Array.isArray(value);
  const entries = isList ? value.map(each => [undefined, each]) : Object.entries(value);
  const [opening, closing] = isList ? "[]" : "{}";
  if (entries.length === 0) {
    shared.budget -= 1;
    return [el("div", { class: "json-line" }, start, mark(`${opening}${closing}${comma}`))];
  }
  shared.budget -= 2;

  const children = el("div", { class: "json-children" });
  const end = el("div", { class: "json-line" }, mark(`${closing}${comma}`));
  const count = el("span", { class: "json-count" }, `${entries.length} ${isList ? (entries.length === 1 ? "element" : "elements") : (entries.length === 1 ? "member" : "members")} `, mark(`${closing}${comma}`));
  const toggle = el("button", { type: "button", class: "json-toggle", tabindex: "-1", "aria-label": `${key ?? (isList ? "list" : "object")}, ${entries.length} ${isList ? "elements" : "members"}` }, icon("chevron"));
  let shown = 0;
  const showMore = () => {
    children.querySelector(":scope > .json-more")?.remove();
    const next = entries.slice(shown, shown + page);
    next.forEach(([name, each], i) => children.append(...lines(each, {
      key: name,
      comma: shown + i < entries.length - 1 ? "," : "",
      depth: depth + 1,
      ...isList ? { type } : memberOf(shared.contract, type, name),
    }, shared)));
    shown += next.length;
    if (shown < entries.length) {
      children.append(el("button", { type: "button", class: "button small json-more", onclick: showMore }, `Show ${Math.min(page, entries.length - shown)} more of ${entries.length - shown}`));
    }
  };
  const fold = open => {
    // What is folded is made when it is first opened.
    if (open && shown === 0) {
      showMore();
    }
    toggle.setAttribute("aria-expanded", String(open));
    children.hidden = !open;
    end.hidden = !open;
    count.hidden = open;
  };
  toggle.addEventListener("click", () => {
    shared.budget = Math.max(shared.budget, openLines);
    fold(toggle.getAttribute("aria-expanded") !== "true");
  });
  fold(depth === 0 || shared.budget > 0);
  return [el("div", { class: "json-line" }, toggle, start, mark(opening), count), children, end];
}

/** What the contract says about a member of an object. */
function memberOf(contract, type, key) {
  if (!type || type.isMap) {
    return { type: type && { name: type.name, isMap: false } };
  }
  const field = contract.describes(type.name) ? contract.message(type.name).fields.find(each => each.jsonName === key) : undefined;
  return { comment: field?.comment, type: field?.typeName && { name: field.typeName, isMap: field.mapKey !== undefined } };
}

function scalar(value) {
  switch (typeof value) {
    case "string":
      return el("span", { class: "json-string" }, JSON.stringify(value));
    case "number":
      return el("span", { class: "json-number" }, JSON.stringify(value));
    default:
      return el("span", { class: "json-word" }, String(value));
  }
}

function mark(text) {
  return el("span", { class: "json-mark" }, text);
}

/** One stop for the Tab key; arrows move along what can be folded, and fold it. */
function useArrowKeys(view) {
  const visible = () => [...view.querySelectorAll(".json-toggle")].filter(toggle => toggle.offsetParent !== null);
  const take = toggle => {
    view.querySelectorAll('.json-toggle[tabindex="0"]').forEach(each => {
      each.tabIndex = -1;
    });
    toggle.tabIndex = 0;
  };
  const first = view.querySelector(".json-toggle");
  if (first) {
    take(first);
  } else {
    view.tabIndex = 0;
  }
  view.addEventListener("focusin", event => event.target.matches(".json-toggle") && take(event.target));
  view.addEventListener("keydown", event => {
    if (!event.target.matches(".json-toggle")) {
      return;
    }
    const isOpen = event.target.getAttribute("aria-expanded") === "true";
    const all = visible();
    const at = all.indexOf(event.target);
    switch (event.key) {
      case "ArrowDown":
        all[at + 1]?.focus();
        break;
      case "ArrowUp":
        all[at - 1]?.focus();
        break;
      case "ArrowRight":
        (isOpen ? () => all[at + 1]?.focus() : () => event.target.click())();
        break;
      case "ArrowLeft":
        (isOpen ? () => event.target.click() : () => all[at - 1]?.focus())();
        break;
      default:
        return;
    }
    event.preventDefault();
  });
}
