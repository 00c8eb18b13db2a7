// What the browser tests share: the gateways, one Chromium per test file, and pages that are watched for what no page may do.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { chromium } from "playwright-core";

/** Where Debian puts Chromium. */
const executable = "/usr/bin/chromium";

// Without a graphics card, and without the errands that a browser runs on its own.
const flags = [
  "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
  "--disable-sync",
];

/** Longest time for one step of a test, and for one test, in milliseconds; for what hangs, not for what is slow. */
const stepLimit = 20_000;
const testLimit = 120_000;

/** Gateways under test by the Talk version that their simulator plays, such as "25" → "http://127.0.0.1:40001". */
const gateways = new Map((process.env.TALK_GATEWAYS ?? "").split(" ").filter(Boolean).map(entry => entry.split("=")));

/**
 * The address of the gateway in front of one simulator profile.
 * @param {string} profile
 */
export function gatewayOf(profile) {
  const address = gateways.get(profile);
  if (address === undefined) {
    throw new Error(`TALK_GATEWAYS names no gateway for Talk ${profile}: run ./test browser`);
  }
  return address;
}

/** @type {import("playwright-core").Browser} */
let browser;
before(async () => {
  browser = await chromium.launch({ executablePath: executable, args: flags, timeout: 60_000 });
});
after(() => browser?.close());

/**
 * A test with a page of its own, in a context of its own. It also fails if the page logs an error, throws one, breaks its content
 * security policy, or asks an origin that is not one of `origins`.
 * @param {string} name
 * @param {{ origins: string[], expectsErrors?: RegExp } & import("playwright-core").BrowserContextOptions} options
 *   `expectsErrors` says which logged errors, ending with the address in parentheses, belong to the test: Chromium logs every
 *   response of 400 and above.
 * @param {(page: import("playwright-core").Page) => Promise<void>} body
 */
export function pageTest(name, { origins, expectsErrors, ...contextOptions }, body) {
  test(name, { timeout: testLimit }, async () => {
    const context = await browser.newContext(contextOptions);
    context.setDefaultTimeout(stepLimit);
    try {
      const page = await context.newPage();
      const complaints = watch(page, origins, expectsErrors);
      await body(page);
      assert.deepEqual(complaints, []);
    } finally {
      await context.close();
    }
  });
}

function watch(page, origins, expectsErrors) {
  const complaints = [];
  page.on("console", message => {
    // A violated policy is logged as an error, too.
    const text = `${message.text()} (${message.location().url})`;
    if (message.type() === "error" && !expectsErrors?.test(text)) {
      complaints.push(`logged: ${text}`);
    }
  });
  page.on("pageerror", error => complaints.push(`threw: ${error.stack ?? error.message}`));
  page.on("request", request => {
    const url = new URL(request.url());
    if (!["data:", "blob:"].includes(url.protocol) && !origins.includes(url.origin)) {
      complaints.push(`asked: ${request.url()}`);
    }
  });
  return complaints;
}
