// The commands that the explorer shows: they are run, and answer what the explorer was answered.
import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { gatewayOf, pageTest } from "./browser.js";
import { answerOf, call, choose, openExplorer, signIn } from "./explorer.js";

const gateway = gatewayOf("25");
const options = { origins: [gateway], permissions: ["clipboard-read", "clipboard-write"] };
const bin = join(dirname(fileURLToPath(import.meta.url)), "../node_modules/.bin");

/** A name with everything that a shell or a list of headers could stumble over. */
const name = `It's "quoted", $HOME \`date\` \\n – ünïcode; 'a' & b`;

const commandOf = async (page, tool) => {
  await page.getByRole("tab", { name: tool, exact: true }).click();
  return page.locator(".command").textContent();
};

const env = { ...process.env, PATH: `${bin}:${process.env.PATH}` };
const limit = 60_000;

const run = async (command, variables = {}) => {
  const { stdout } = await promisify(execFile)("bash", ["-euo", "pipefail", "-c", command],
    { env: { ...env, ...variables }, timeout: limit, encoding: "buffer" });
  return stdout.toString();
};

/** Runs a command until it has printed something that fits, and ends it then. */
const runUntil = (command, pattern) => new Promise((resolve, reject) => {
  const shell = spawn("bash", ["-c", command], { env, detached: true, stdio: ["ignore", "pipe", "inherit"], timeout: limit });
  let output = "";
  shell.stdout.on("data", data => {
    output += data;
    if (pattern.test(output)) {
      // With everything that it started.
      process.kill(-shell.pid);
      resolve();
    }
  });
  shell.on("error", reject);
  shell.on("close", () => reject(new Error(`${command} ended with nothing but: ${output}`)));
});

pageTest("curl and buf curl create the room that the form describes", options, async page => {
  await openExplorer(page, gateway);
  await signIn(page);
  await choose(page, `talk.v1.RoomService/CreateRoom?${encodeURIComponent(JSON.stringify({ type: "ROOM_TYPE_GROUP", name }))}`);
  assert.equal(await call(page), "OK");
  assert.equal((await answerOf(page)).room.displayName, name);

  for (const tool of ["curl", "buf curl"]) {
    const command = await commandOf(page, tool);
    assert.ok(command.includes("$TALK_PASSWORD"), command);
    assert.equal(JSON.parse(await run(command, { TALK_PASSWORD: "alice" })).room.displayName, name, command);
  }
});

pageTest("Secrets stand in a command only when asked for, and then it runs without variables", options, async page => {
  await openExplorer(page, gateway);
  await signIn(page);
  await choose(page, "talk.v1.RoomService/ListRooms");
  assert.equal(await call(page), "OK");
  const tokens = rooms => rooms.map(room => room.token).sort();
  const expected = tokens((await answerOf(page)).rooms);

  for (const tool of ["curl", "buf curl", "grpcurl"]) {
    const masked = await commandOf(page, tool);
    assert.ok(!masked.includes("alice:alice") && !masked.includes("YWxpY2U6YWxpY2U="), masked);
  }
  await page.getByText("TALK_PASSWORD in the terminal").waitFor();
  await page.getByRole("button", { name: "Show secrets in the command" }).click();
  for (const tool of ["curl", "buf curl"]) {
    const command = await commandOf(page, tool);
    assert.ok(!command.includes("TALK_PASSWORD"), command);
    assert.deepEqual(tokens(JSON.parse(await run(command)).rooms), expected, command);
  }
});

pageTest("Metadata, session and deadline are in the commands, quoted for the shell", options, async page => {
  await openExplorer(page, gateway);
  await signIn(page, "bob");
  await choose(page, "talk.v1.CapabilitiesService/GetServerStatus");
  await page.getByText("Metadata of all calls").click();
  await page.getByLabel("talk-session", { exact: true }).fill("some token");
  await page.getByLabel("talk-session", { exact: true }).blur();
  await page.getByRole("button", { name: "Add metadata" }).click();
  await page.getByLabel("Name", { exact: true }).fill("X-Test");
  await page.getByLabel("Value", { exact: true }).fill(`a, "b" 'c' $d`);
  await page.getByLabel("Deadline").fill("2.5");

  // A stand-in for the tool prints the words that the shell makes of the command, one in a line.
  const words = async tool => {
    const command = await commandOf(page, tool);
    const first = tool.split(" ")[0];
    return (await run(`${first}() { printf '%s\\n' "$@"; }\n${command}`, { TALK_PASSWORD: "b'o b", TALK_SESSION: "some token" })).split("\n").slice(0, -1);
  };
  const { host } = new URL(gateway);
  const basic = `authorization: Basic ${Buffer.from("bob:b'o b").toString("base64")}`;
  assert.deepEqual(await words("grpcurl"), ["-plaintext", "-H", basic, "-H", "talk-session: some token", "-H", `x-test: a, "b" 'c' $d`,
    "-max-time", "2.5", "-d", "{}", host, "talk.v1.CapabilitiesService/GetServerStatus"]);
  assert.deepEqual(await words("buf curl"), ["curl", "--protocol", "grpc", "--http2-prior-knowledge", "-H", basic, "-H", "talk-session: some token",
    "-H", `"x-test: a, ""b"" 'c' $d"`, "--timeout", "2.5s", "-d", "{}", `${gateway}/talk.v1.CapabilitiesService/GetServerStatus`]);
  assert.deepEqual(await words("curl"), ["-sS", "-u", "bob:b'o b", "-H", "content-type: application/json", "-H", "connect-timeout-ms: 2500",
    "-H", "talk-session: some token", "-H", `x-test: a, "b" 'c' $d`, "-d", "{}", `${gateway}/talk.v1.CapabilitiesService/GetServerStatus`]);
});

pageTest("A stream's commands give its events", options, async page => {
  await openExplorer(page, gateway, `grpc.health.v1.Health/Watch?${encodeURIComponent('{"service": "talk.v1.RoomService"}')}`);
  await runUntil(await commandOf(page, "buf curl"), /"status":\s*"SERVICE_UNKNOWN"/);
  await runUntil(await commandOf(page, "curl"), /"status":\s*"SERVICE_UNKNOWN"/);

  // The deadline is the server's, which says so at the end of the stream.
  await page.getByLabel("Deadline").fill("0.5");
  assert.match(await run(await commandOf(page, "curl")), /"status": "SERVICE_UNKNOWN".*"code":"deadline_exceeded"/s);
});
