// Finding rpcs by what people know of them: a name, words of the comment, a capability, or a path of the server's REST API.

/**
 * The rpcs that fit all words of a query, the best first; with what they were found by, where it is not the name.
 * @param {import("./contract.js").Method[]} methods
 * @param {string} query
 * @returns {{ method: import("./contract.js").Method, foundIn?: string }[]}
 */
export function search(methods, query) {
  const path = pathOf(query);
  const words = query.trim().toLowerCase().split(/\s+/).filter(Boolean);
  const found = [];
  for (const [index, method] of methods.entries()) {
    const hit = (path && fitsPath(method, path)) || fitsWords(method, words);
    if (hit) {
      found.push({ method, foundIn: hit.foundIn, score: hit.score, index });
    }
  }
  return found.sort((a, b) => b.score - a.score || a.index - b.index);
}

/** The path in a query, which may be a whole URL with or without the API's base; none if it holds none. */
function pathOf(query) {
  const text = query.trim().replace(/^(GET|POST|PUT|DELETE)\s+/i, "").replace(/^https?:\/\/[^/]+/i, "").replace(/[?#].*$/, "");
  return text.startsWith("/") ? text.replace(/^.*\/apps\/spreed\/api\/v\d+(?=\/)/, "").replace(/\/+$/, "") : "";
}

function fitsPath(method, path) {
  for (const template of [method.operation?.path, ...(method.operation?.variants ?? []).map(variant => variant.path)]) {
    if (!template) {
      continue;
    }
    const pattern = template.split(/\{\w+\}/).map(part => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("[^/]+");
    if (template === path || new RegExp(`^${pattern}$`).test(path)) {
      // A template without a parameter in that place is the closer one.
      return { score: 1000 - (template.match(/\{/g)?.length ?? 0), foundIn: template };
    }
    if (template.startsWith(path)) {
      return { score: 500 - template.length, foundIn: template };
    }
  }
  return undefined;
}

function fitsWords(method, words) {
  let score = 0;
  let foundIn;
  for (const word of words) {
    const hit = scoreOf(method, word);
    if (!hit) {
      return undefined;
    }
    score += hit.score;
    foundIn ??= hit.foundIn;
  }
  return { score, foundIn };
}

function scoreOf(method, word) {
  const name = method.name.toLowerCase();
  const operation = method.operation ?? {};
  if (name === word || method.path.toLowerCase() === word) {
    return { score: 100 };
  }
  if (name.startsWith(word)) {
    return { score: 60 };
  }
  if (name.includes(word)) {
    return { score: 40 };
  }
  if (method.path.toLowerCase().includes(word)) {
    return { score: 20 };
  }
  const { needs = {} } = operation;
  const texts = [operation.path, operation.id, ...(needs.allOf ?? []), ...(needs.anyOf ?? []), method.comment];
  const text = texts.find(each => each?.toLowerCase().includes(word));
  return text === undefined ? undefined : { score: text === method.comment ? 5 : 15, foundIn: text === method.comment ? excerpt(text, word) : text };
}

/** The words of a comment around the one that was found. */
function excerpt(text, word) {
  const at = text.toLowerCase().indexOf(word);
  const start = Math.max(0, text.lastIndexOf(" ", Math.max(0, at - 16)));
  return `${start > 0 ? "…" : ""}${text.slice(start, at + 48).replaceAll("`", "").trim()}`;
}
