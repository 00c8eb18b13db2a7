// Servers that a test starts for itself: a folder of files as an origin of its own, and gateways that are configured for it.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const types = { ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css" };

/**
 * Serves the files of a folder, index.html for "/", on a free port.
 * @param {URL} folder ending with a slash
 */
export async function serveFolder(folder) {
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, "http://localhost");
    const file = new URL(`.${pathname === "/" ? "/index.html" : pathname}`, folder);
    try {
      const content = await readFile(file);
      response.writeHead(200, { "content-type": types[extname(file.pathname)] ?? "application/octet-stream" }).end(content);
    } catch {
      response.writeHead(404).end();
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/**
 * Starts a gateway per simulator profile with configuration of their own, as environment variables.
 * @param {string[]} profiles
 * @param {Record<string, string>} configuration
 */
export async function startGateways(profiles, configuration) {
  const script = fileURLToPath(new URL("../../../scripts/with-gateways", import.meta.url));
  // They live as long as cat's input stays open, so also no longer than this process.
  const gateways = spawn(script, [...profiles, "--", "sh", "-c", 'echo "$TALK_GATEWAYS" && cat'], {
    env: { ...process.env, ...configuration }, stdio: ["pipe", "pipe", "inherit"],
  });
  const exited = once(gateways, "exit");
  const lines = createInterface({ input: gateways.stdout })[Symbol.asyncIterator]();
  const { value: addresses, done } = await lines.next();
  if (done) {
    throw new Error("The gateways did not start");
  }
  return {
    addresses: new Map(addresses.split(" ").map(entry => entry.split("="))),
    async close() {
      gateways.stdin.end();
      await exited;
    },
  };
}
