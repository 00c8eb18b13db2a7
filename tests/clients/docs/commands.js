// Runs commands of the documentation in a shell, as their readers would.
import { spawn } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join, resolve } from "node:path";

export const root = resolve(import.meta.dirname, "../../..");

/** Longest time that one block of commands may take, in milliseconds; for what hangs, not for what is slow. */
const limit = 60_000;

const path = [join(root, "tests/clients/node_modules/.bin"), ...process.env.PATH.split(delimiter)];

/** The first of the clients that these commands use and that is not there; undefined if all are. */
export function missingClient(commands) {
  const used = ["grpcurl", "buf", "curl"].filter(client => new RegExp(`(^|[\\s;|(])${client} `, "m").test(commands));
  return used.find(client => !path.some(folder => isExecutable(join(folder, client))));
}

/**
 * Runs commands in bash at the root of the project; answers what they printed and with what they ended.
 * @param {string} commands
 * @param {(output: string) => boolean} isEnough whether to interrupt them, as Ctrl+C does, with what they have printed so far
 */
export function runCommands(commands, isEnough = () => false) {
  return new Promise((done, fail) => {
    const shell = spawn("bash", ["-euo", "pipefail", "-c", commands], {
      cwd: root,
      env: { ...process.env, PATH: path.join(delimiter) },
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    const interrupt = () => process.kill(-shell.pid, "SIGINT");
    const overdue = setTimeout(interrupt, limit);
    let output = "", errors = "", wasEnough = false;
    shell.stdout.on("data", data => {
      if (wasEnough) {
        return;
      }
      output += data;
      if (isEnough(output)) {
        wasEnough = true;
        interrupt();
      }
    });
    shell.stderr.on("data", data => errors += data);
    shell.on("error", fail);
    shell.on("close", (code, signal) => {
      clearTimeout(overdue);
      done({ code: wasEnough ? 0 : code ?? signal, output, errors });
    });
  });
}

/** Whether an output is the printed one, in which "…" stands for anything and the width of white space means nothing. */
export function isAsPrinted(output, printed) {
  const pattern = printed.trim().split("…").map(part => part.trim().split(/\s+/).map(escape).join("\\s+")).join("[^]*");
  return new RegExp(`^\\s*${pattern}\\s*$`).test(output);
}

function escape(text) {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
