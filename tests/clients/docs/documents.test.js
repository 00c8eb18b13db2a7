// Every command of the first pages does what the page says, and every link to the gateway leads somewhere.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { isAsPrinted, missingClient, root, runCommands } from "./commands.js";

const documents = ["README.md", "docs/quickstart.md"];
const gateway = /(?:^| )25=([^ ]+)/.exec(process.env.TALK_GATEWAYS ?? "")?.[1];
if (gateway === undefined) {
  throw new Error("TALK_GATEWAYS names no gateway for Talk 25: run ./test docs");
}
const printedAuthority = "localhost:8080";
const authority = new URL(gateway).host;

// The gateway that a page starts runs already, and the tests that it starts are these.
const isStart = commands => /^(dotnet run|\.\/test|git clone|docker|examples\/)/m.test(commands);

for (const document of documents) {
  const text = readFileSync(join(root, document), "utf8");

  // A block of commands, and the output that the page prints right below it.
  const blocks = [...text.matchAll(/^```bash\n(.*?)^```\n(?:\n```(?:json|text)\n(.*?)^```\n)?/gms)].map(([, commands, printed]) => ({ commands, printed }));
  const links = [...text.matchAll(/<(http:\/\/localhost:8080\/[^>]*)>/g)].map(([, link]) => link);

  test(`${document} has commands`, () => assert.ok(blocks.filter(block => !isStart(block.commands)).length > 0));

  for (const { commands, printed } of blocks.filter(block => !isStart(block.commands))) {
    const missing = missingClient(commands);
    test(`${document}: ${commands.split("\n")[0]}`, { skip: missing && `${missing} is not installed` }, async () => {
      const isStream = commands.includes("/Watch");
      const { code, output, errors } = await runCommands(
        commands.replaceAll(printedAuthority, authority), output => isStream && isAsPrinted(output, printed));
      assert.equal(code, 0, `ended with ${code}: ${errors}${output}`);
      assert.notEqual(output.trim(), "");
      if (printed) {
        assert.ok(isAsPrinted(output.replaceAll(authority, printedAuthority), printed), `printed\n${output}\ninstead of\n${printed}`);
      }
    });
  }

  for (const link of links) {
    test(`${document} links to ${link}`, async () => {
      const answer = await fetch(link.replace(printedAuthority, authority));
      assert.equal(answer.status, 200, await answer.text());
    });
  }
}
