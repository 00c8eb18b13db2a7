// What the gateway prints when it starts can be pasted as it is.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { missingClient, root, runCommands } from "./commands.js";

const program = join(root, "src/TalkGateway/bin/Release/net10.0/TalkGateway.dll");

for (const profile of ["25", "5.0"]) {
  test(`Every command that the gateway prints in front of Talk ${profile} works as printed`, { timeout: 120_000 }, async context => {
    const gateway = spawn("dotnet", [program, "--simulate", profile, "--listen", "http://127.0.0.1:0"], { stdio: ["ignore", "pipe", "inherit"] });
    try {
      const printed = await welcomeOf(gateway);
      const commands = printed.filter(line => /^ {2}(grpcurl|buf|curl) /.test(line));
      const pages = printed.flatMap(line => line.match(/^ {2}(http:\S+)/)?.[1] ?? []);
      assert.ok(commands.length >= 4, printed.join("\n"));
      assert.equal(pages.length, 1);

      const page = await fetch(pages[0]);
      assert.equal(page.status, 200);
      assert.match(page.headers.get("content-type"), /^text\/html/);

      const root = await fetch(new URL("/", pages[0]));
      assert.equal(root.url, pages[0], "the address alone leads to the explorer");

      const second = await refusalAt(new URL(pages[0]).origin);
      assert.match(second, /^TalkGateway cannot start\. Listen is '[^']*': another program listens there[^\n]*\n$/);

      for (const command of commands) {
        const missing = missingClient(command);
        await context.test(command.trim(), { skip: missing && `${missing} is not installed` }, async () => {
          const { code, output, errors } = await runCommands(command);
          assert.equal(code, 0, errors);
          assert.notEqual(output.trim(), "");
        });
      }
    } finally {
      gateway.kill();
    }
  });
}

/** The lines that the gateway prints until it has said all. */
async function welcomeOf(gateway) {
  const lines = [];
  for await (const line of createInterface({ input: gateway.stdout })) {
    lines.push(line);
    if (line.includes("what is no rpc passes through")) {
      return lines;
    }
  }

  assert.fail(`The gateway ended early: ${lines.join("\n")}`);
}

/** What a gateway says that cannot listen at an address. */
async function refusalAt(address) {
  const gateway = spawn("dotnet", [program, "--simulate", "25", "--listen", address], { stdio: ["ignore", "pipe", "pipe"], timeout: 60_000 });
  let said = "";
  gateway.stdout.on("data", data => said += data);
  gateway.stderr.on("data", data => said += data);
  const [code] = await once(gateway, "close");
  assert.equal(code, 2, said);
  return said;
}
