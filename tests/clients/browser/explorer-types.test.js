// The explorer's modules are JavaScript as browsers take it; what their comments say of types is checked here.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const here = new URL(".", import.meta.url);

test("The explorer's modules fit the types that they declare, and declare nothing that they do not use", () => {
  const tsc = fileURLToPath(new URL("../node_modules/.bin/tsc", here));
  const { stdout, status } = spawnSync(tsc, ["--project", fileURLToPath(here)], { encoding: "utf8", timeout: 100_000 });
  assert.equal(stdout, "");
  assert.equal(status, 0);
});
