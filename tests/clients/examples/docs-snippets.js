// Checks that the code in docs/clients is that of the examples: every block in the language of a page has to be an excerpt
// of the example of the same name, every block in YAML one of the example's buf.gen.yaml or of the one at the top. A comment
// line "…" in a block stands for lines that are left out.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../..", import.meta.url));

/** Per example: how its blocks are marked in its page, and which of its files they come from. */
const languages = {
  browser: { marks: ["ts", "html"], files: /\.(ts|html)$/ },
  cpp: { marks: ["cpp"], files: /\.cpp$/ },
  csharp: { marks: ["csharp"], files: /\.cs$/ },
  curl: { marks: ["bash"], files: /^run$/ },
  go: { marks: ["go"], files: /\.go$/ },
  java: { marks: ["java"], files: /\.java$/ },
  node: { marks: ["ts"], files: /\.ts$/ },
  python: { marks: ["python"], files: /\.py$/ },
};
const ignoredFolders = new Set(["node_modules", "gen", "build", "dist", "bin", "obj"]);

/** Lines of code without their indentation, and without empty ones. */
const significant = text => text.split("\n").map(line => line.trim()).filter(line => line !== "");

function filesIn(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap(entry =>
    entry.isFile() ? [join(folder, entry.name)] : ignoredFolders.has(entry.name) ? [] : filesIn(join(folder, entry.name)));
}

/** The code blocks of a page that carry one of the marks, with the line each starts at. */
function blocksOf(page, marks) {
  const blocks = [];
  let mark;
  let code = [];
  page.split("\n").forEach((line, index) => {
    const fence = /^\s*```(\S*)/.exec(line);
    if (fence === null) {
      code.push(line);
    } else if (mark === undefined) {
      mark = fence[1];
      code = [];
    } else {
      if (marks.includes(mark)) {
        blocks.push({ line: index + 1 - code.length, lines: significant(code.join("\n")) });
      }
      mark = undefined;
    }
  });
  return blocks;
}

/** Cuts a block where it says that lines are left out. */
function passagesOf(lines) {
  const passages = [[]];
  for (const line of lines) {
    if (/^(\/\/|#) …$/.test(line)) {
      passages.push([]);
    } else {
      passages.at(-1).push(line);
    }
  }
  return passages.filter(passage => passage.length > 0);
}

/** Where a passage stands in a source at or after a line: the index behind it, or -1. */
function findPassage(passage, source, from) {
  for (let start = from; start + passage.length <= source.length; start++) {
    if (passage.every((line, offset) => source[start + offset] === line)) {
      return start + passage.length;
    }
  }
  return -1;
}

/** Whether the passages stand in one source, in their order. */
function isExcerpt(passages, source) {
  let from = 0;
  return passages.every(passage => (from = findPassage(passage, source, from)) !== -1);
}

const faults = [];
const examples = readdirSync(join(root, "examples"), { withFileTypes: true }).filter(entry => entry.isDirectory()).map(entry => entry.name);
const pages = readdirSync(join(root, "docs/clients")).map(name => basename(name, ".md")).filter(name => name !== "README");
const table = readFileSync(join(root, "docs/clients/README.md"), "utf8");

for (const name of new Set([...examples, ...pages])) {
  const path = `docs/clients/${name}.md`;
  const folder = join(root, "examples", name);
  if (!(name in languages) || !existsSync(folder) || !existsSync(join(root, path))) {
    faults.push(`${name}: an example and its page belong together, and docs-snippets.js has to know its language`);
    continue;
  }
  if (!table.includes(`(${name}.md)`)) {
    faults.push(`docs/clients/README.md does not name ${name}.md`);
  }
  const { marks, files } = languages[name];
  const page = readFileSync(join(root, path), "utf8");
  const blocks = blocksOf(page, marks);
  if (blocks.length === 0) {
    faults.push(`${path} quotes nothing of examples/${name}`);
  }
  const inExample = filesIn(folder);
  compare(path, blocks, inExample.filter(file => files.test(basename(file))));
  compare(path, blocksOf(page, ["yaml"]), [...inExample, join(root, "buf.gen.yaml")].filter(file => basename(file) === "buf.gen.yaml"));
}

function compare(path, blocks, files) {
  const sources = files.map(file => significant(readFileSync(file, "utf8")));
  for (const { line, lines } of blocks) {
    if (!sources.some(source => isExcerpt(passagesOf(lines), source))) {
      const unknown = lines.find(code => passagesOf([code]).length > 0 && !sources.flat().includes(code));
      faults.push(`${path}:${line} is no excerpt of the example: ${unknown ?? "its lines stand there, but not together in this order"}`);
    }
  }
}

faults.forEach(fault => console.log(fault));
process.exitCode = faults.length === 0 ? 0 : 1;
