// The list of all rpcs by service, and what a search leaves of it.
import { announce, el, find, icon } from "./dom.js";
import { linkTo } from "../model/link.js";
import { shortName } from "../model/contract.js";
import { search } from "../model/search.js";

const effects = {
  reads: { text: "read", title: "Reads only, without side effects" },
  writes: { text: "write", title: "Changes something on the server" },
  streams: { text: "stream", title: "Answers a stream" },
};

/** @param {import("../model/app.js").App} app */
export function createNavigation(app) {
  const navigation = document.getElementById("navigation");
  const input = el("input", { type: "search", id: "search", placeholder: "Search, or an OCS path", "aria-label": "Search rpcs", "aria-controls": "rpc-list", autocomplete: "off", spellcheck: "false" });
  const list = el("div", { class: "rpc-list", id: "rpc-list" });
  navigation.append(el("div", { class: "search", role: "search" }, icon("search"), input, el("kbd", { "aria-hidden": "true" }, "/")), list);
  const { store, contract } = app;

  /** @returns {HTMLElement[]} */
  const links = () => Array.from(list.querySelectorAll(".rpc-link"));
  const focusable = () => find(list, '.rpc-link[aria-current="page"]') ?? find(list, ".rpc-link");

  const render = () => {
    const query = input.value.trim();
    const link = (method, foundIn) => rpcLink(method, store.get("server").lacks?.get(method.path), store.get("method") === method, query, foundIn);
    if (query === "") {
      list.replaceChildren(...contract.services.map(service => el("section", { "aria-label": service.name },
        el("h2", { class: "service-name", title: service.name }, shortName(service.name), el("span", {}, String(service.methods.length))),
        el("ul", {}, service.methods.map(method => el("li", {}, link(method)))))));
    } else {
      const found = search(contract.methods, query);
      list.replaceChildren(found.length > 0
        ? el("ul", {}, found.map(({ method, foundIn }) => el("li", {}, link(method, foundIn ?? shortName(method.service)))))
        : el("p", { class: "nothing-found" }, `No rpc fits “${query}”. Search takes names, words of the documentation, capabilities and OCS paths.`));
      announce(`${found.length} rpcs found`);
    }
    links().forEach(each => {
      each.tabIndex = -1;
    });
    focusable()?.setAttribute("tabindex", "0");
  };

  input.addEventListener("input", () => {
    render();
    // The best hits are at the top.
    list.scrollTop = 0;
  });
  store.watch(["server"], render);
  store.watch(["method"], () => {
    const path = store.get("method")?.path;
    for (const link of links()) {
      const isCurrent = link.dataset.path === path;
      link.toggleAttribute("aria-current", isCurrent);
      if (isCurrent) {
        link.setAttribute("aria-current", "page");
        reveal(link, list);
      }
      link.tabIndex = isCurrent ? 0 : -1;
    }
    focusable()?.setAttribute("tabindex", "0");
  });

  const move = (from, step) => {
    const all = links();
    const next = all[Math.min(Math.max(all.indexOf(from) + step, 0), all.length - 1)];
    all.forEach(each => {
      each.tabIndex = each === next ? 0 : -1;
    });
    next?.focus();
  };
  list.addEventListener("keydown", event => {
    const step = { ArrowDown: 1, ArrowUp: -1, Home: -Infinity, End: Infinity }[event.key];
    const from = links().find(link => link === event.target);
    if (step === undefined || !from) {
      return;
    }
    event.preventDefault();
    if (step === -1 && links()[0] === from) {
      input.focus();
    } else {
      move(from, step);
    }
  });
  input.addEventListener("keydown", event => {
    if (event.key === "ArrowDown") {
      event.preventDefault();
      focusable()?.focus();
    } else if (event.key === "Enter") {
      find(list, ".rpc-link")?.click();
    } else if (event.key === "Escape" && input.value !== "") {
      event.preventDefault();
      input.value = "";
      render();
    }
  });
  addMenu(navigation, input);
}

/** On a phone the list covers the page until one is chosen. */
function addMenu(navigation, input) {
  const menu = document.getElementById("menu");
  menu.append(icon("menu"));
  const show = open => {
    navigation.classList.toggle("open", open);
    menu.setAttribute("aria-expanded", String(open));
    menu.replaceChildren(icon(open ? "close" : "menu"));
  };
  menu.addEventListener("click", () => {
    const open = !navigation.classList.contains("open");
    show(open);
    if (open) {
      input.focus();
    }
  });
  addEventListener("keydown", event => {
    if (event.key === "Escape" && navigation.classList.contains("open")) {
      show(false);
      menu.focus();
    } else if (wantsSearch(event)) {
      event.preventDefault();
      if (getComputedStyle(menu).display !== "none") {
        show(true);
      }
      input.focus();
      input.select();
    }
  });
  navigation.addEventListener("click", event => {
    if (event.target.closest(".rpc-link") && navigation.classList.contains("open")) {
      show(false);
      document.getElementById("rpc").focus();
    }
  });
}

/** Brings a link into sight, to the middle of the list if it is out of it. Only the list scrolls, not the page around it. */
function reveal(link, list) {
  const { top, bottom } = link.getBoundingClientRect();
  const frame = list.getBoundingClientRect();
  if (top < frame.top + 40 || bottom > frame.bottom) {
    list.scrollTop += (top + bottom - frame.top - frame.bottom) / 2;
  }
}

/** "/" outside of inputs, and Ctrl or Cmd with K everywhere. */
function wantsSearch({ key, ctrlKey, metaKey, altKey, target }) {
  if (altKey || document.querySelector("dialog[open]")) {
    return false;
  }
  return ctrlKey || metaKey ? key.toLowerCase() === "k" : key === "/" && !target.matches?.("input, textarea, select");
}

function rpcLink(method, lacks, isCurrent, query, foundIn) {
  const { text, title } = effects[method.effect];
  const classes = ["rpc-link", method.isDeprecated && "deprecated", lacks && "unsupported"].filter(Boolean).join(" ");
  return el("a", { class: classes, href: linkTo(method.path), "data-path": method.path, "aria-current": isCurrent ? "page" : undefined },
    el("span", { class: `effect ${method.effect}`, title }, text),
    el("span", { class: "rpc-link-name" }, marked(method.name, query), foundIn && el("span", { class: "found-in" }, foundIn)),
    method.isDeprecated && el("span", { class: "visually-hidden" }, "deprecated"),
    lacks && el("span", { class: "lacks", title: `This server lacks ${lacks}` }, icon("lacks"), el("span", { class: "visually-hidden" }, `not on this server, which lacks ${lacks}`)));
}

/** The name with the part that the search is about. */
function marked(name, query) {
  const word = query.split(/\s+/)[0].toLowerCase();
  const at = word === "" ? -1 : name.toLowerCase().indexOf(word);
  return at < 0 ? name : [name.slice(0, at), el("mark", {}, name.slice(at, at + word.length)), name.slice(at + word.length)];
}
