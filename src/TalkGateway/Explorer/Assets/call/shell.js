// Words of a shell command, quoted for POSIX shells.

/**
 * A word that the shell takes as it is.
 * @param {string} text
 */
export function quote(text) {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/**
 * A word made of text and of what the shell has to put in: variables and commands, which are given as they stand in double quotes.
 * @param {...(string | { shell: string })} parts
 */
export function word(...parts) {
  return parts.filter(part => part !== "").map(part => typeof part === "string" ? quote(part) : `"${part.shell}"`).join("");
}

/** JSON without the white space between its parts. Numbers stay as they are written. */
export function minify(json) {
  return json.replace(/("(?:[^"\\]|\\.)*")|\s+/g, (_, string) => string ?? "");
}
