// What axe-core says about a page.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

const axe = createRequire(import.meta.url).resolve("axe-core");

/**
 * What axe-core finds serious or critical.
 * @param {import("playwright-core").Page} page
 */
export async function seriousViolations(page) {
  // The page's policy may allow scripts of its own only; the debugger that evaluates this is not bound by it.
  await page.evaluate(await readFile(axe, "utf8"));
  const { violations } = await page.evaluate(() => window.axe.run({ resultTypes: ["violations"] }));
  return violations.filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.map(node => `${node.html} (${node.failureSummary})`).join("\n")}`);
}
