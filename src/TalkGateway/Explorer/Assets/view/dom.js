// Making elements. Values reach the page as text and attributes alone, never as markup.
import { grpcNames } from "../call/status.js";

/** @typedef {Node | string | null | undefined | false} Child what an element may consist of; nothing stands for itself */

/**
 * Makes an element. Attributes that are functions are listeners ("onclick"), true is an attribute without a value, and false,
 * null and undefined leave it out.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, any>} [attributes]
 * @param {...(Child | Child[])} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") {
      element.addEventListener(name.slice(2), value);
    } else if (value !== false && value !== null && value !== undefined) {
      element.setAttribute(name, value === true ? "" : String(value));
    }
  }
  for (const child of children.flat()) {
    if (child !== null && child !== undefined && child !== false) {
      element.append(child);
    }
  }
  return element;
}

/**
 * The first element that a selector finds.
 * @param {ParentNode} place
 * @param {string} selector
 * @returns {HTMLElement | null}
 */
export function find(place, selector) {
  return place.querySelector(selector);
}

/** What can be filled in or pressed. */
export const controls = "input, select, textarea, button";

let lastId = 0;

/** An id that no other element of the page has. */
export function newId(prefix = "e") {
  lastId += 1;
  return `${prefix}-${lastId}`;
}

const icons = {
  alert: "M12 8v5m0 3v.01M10.3 3.9 2.4 17.5A2 2 0 0 0 4.1 20.5h15.8a2 2 0 0 0 1.7-3L13.7 3.9a2 2 0 0 0-3.4 0z",
  chevron: "m9 6 6 6-6 6",
  check: "m5 12.5 4.5 4.5L19 7.5",
  close: "M6 6l12 12M18 6 6 18",
  copy: "M9 9h10v11H9zM5 15V4h10",
  eye: "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12zM12 9.2a2.8 2.8 0 1 1 0 5.6 2.8 2.8 0 0 1 0-5.6z",
  lacks: "M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18zM5.7 5.7l12.6 12.6",
  link: "M10 14a4 4 0 0 0 5.7 0l3-3A4 4 0 0 0 13 5.3l-1 1M14 10a4 4 0 0 0-5.7 0l-3 3A4 4 0 0 0 11 18.7l1-1",
  menu: "M4 7h16M4 12h16M4 17h16",
  plus: "M12 5v14M5 12h14",
  search: "M11 4a7 7 0 1 1 0 14 7 7 0 0 1 0-14zM20 20l-4-4",
  session: "M7 10V8a5 5 0 0 1 10 0v2M5 10h14v10H5z",
  stop: "M6 6h12v12H6z",
  terminal: "M4 5h16v14H4zM7.5 9.5 10 12l-2.5 2.5M12.5 15H16",
};

/** @param {keyof typeof icons} name */
export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  svg.setAttribute("class", "icon");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", icons[name]);
  svg.append(path);
  return svg;
}

/** The words of a comment, with `code` and the names of status codes as code. */
export function inlineProse(text) {
  const codes = [...grpcNames].join("|");
  const parts = text.split(new RegExp(`(\`[^\`]+\`|\\b(?:${codes})\\b)`));
  return parts.filter(Boolean).map(part => {
    if (part.startsWith("`") && part.endsWith("`") && part.length > 2) {
      return el("code", {}, part.slice(1, -1));
    }
    return grpcNames.has(part) && part !== "OK" && part !== "UNKNOWN" ? el("code", {}, part) : part;
  });
}

/** A comment as paragraphs. */
export function prose(text) {
  return el("div", { class: "prose" }, text.split("\n\n").map(paragraph => el("p", {}, inlineProse(paragraph))));
}

/**
 * A button that copies what `text` gives, and says so for a moment.
 * @param {string} label
 * @param {() => string} text
 * @param {keyof typeof icons} name
 */
export function copyButton(label, text, name = "copy") {
  const button = el("button", { type: "button", class: "icon-button", title: label, "aria-label": label }, icon(name));
  button.addEventListener("click", async () => {
    const copied = await copy(text());
    button.replaceChildren(icon(copied ? "check" : "alert"));
    announce(copied ? "Copied" : "The browser did not allow copying");
    setTimeout(() => button.replaceChildren(icon(name)), 1500);
  });
  return button;
}

async function copy(text) {
  if (navigator.clipboard) {
    return navigator.clipboard.writeText(text).then(() => true, () => false);
  }
  // On plain HTTP browsers offer the clipboard on localhost only, elsewhere just this.
  const area = el("textarea", { class: "visually-hidden", "aria-hidden": "true" });
  area.value = text;
  document.body.append(area);
  area.select();
  const copied = document.execCommand("copy");
  area.remove();
  return copied;
}

/** Tells users of screen readers what happened. */
export function announce(text) {
  document.getElementById("announcer").textContent = text;
}

/**
 * A row of tabs, of which one is taken; arrow keys move along it.
 * @param {{ label: string, tabs: { name: string, title: string }[], selected: string, controls?: string, onSelect: (name: string) => void }} options
 */
export function tabs({ label, tabs: all, selected, controls, onSelect }) {
  const list = el("div", { class: "segments", role: "tablist", "aria-label": label });
  const buttons = all.map(({ name, title }) =>
    el("button", { type: "button", role: "tab", "data-tab": name, "aria-controls": controls, onclick: () => take(name) }, title));
  const take = name => {
    buttons.forEach(button => {
      const taken = button.dataset.tab === name;
      button.setAttribute("aria-selected", String(taken));
      button.tabIndex = taken ? 0 : -1;
    });
    onSelect(name);
  };
  list.addEventListener("keydown", event => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step) {
      event.preventDefault();
      const next = buttons[(buttons.findIndex(button => button === document.activeElement) + step + buttons.length) % buttons.length];
      next.focus();
      take(next.dataset.tab);
    }
  });
  list.append(...buttons);
  take(selected);
  return list;
}
