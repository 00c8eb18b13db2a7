// The page of examples/browser, served from an origin of its own, with a gateway that allows this origin and one that does not.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after } from "node:test";
import { seriousViolations } from "./accessibility.js";
import { gatewayOf, pageTest } from "./browser.js";
import { serveFolder, startGateways } from "./servers.js";

const examples = new URL("../../../examples/", import.meta.url);
const site = await serveFolder(new URL("browser/dist/", examples));
after(() => site.close());
const gateways = await startGateways(["25", "5"], { TALKGATEWAY_Cors__Origins__0: site.origin });
after(() => gateways.close());

const story = (await readFile(new URL("expected.txt", examples), "utf8")).trimEnd().split("\n");

async function signIn(page, gateway, protocol, password = "alice") {
  await page.goto(site.origin);
  await page.getByLabel("Gateway", { exact: true }).fill(gateway);
  await page.getByLabel("User", { exact: true }).fill("alice");
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByLabel(protocol, { exact: true }).check();
  await page.getByRole("button", { name: "Sign in" }).click();
}

for (const protocol of ["Connect", "gRPC-Web"]) {
  for (const [profile, gateway] of gateways.addresses) {
    // Connect says failures by HTTP statuses of 400 and above, and Chromium logs those.
    const options = { origins: [site.origin, gateway], expectsErrors: /Failed to load resource: .* (400|404|504) / };

    pageTest(`The example's page writes, reads and shows a refusal by ${protocol} on Talk ${profile}`, options, async page => {
      await signIn(page, gateway, protocol);
      await page.getByText("SERVING", { exact: true }).waitFor();
      await page.getByRole("navigation", { name: "Rooms" }).getByRole("listitem").first().waitFor();

      const name = `Page by ${protocol}`;
      await page.getByLabel("Name of a new room").fill(name);
      await page.getByRole("button", { name: "Create" }).click();
      await page.getByRole("heading", { name }).waitFor();
      await page.getByRole("navigation", { name: "Rooms" }).getByRole("button", { name, exact: true }).waitFor();

      const messages = page.getByRole("log", { name: "Messages" });
      await page.getByLabel("Message", { exact: true }).fill("We meet at nine <b>sharp</b>");
      await page.getByRole("button", { name: "Send" }).click();
      await messages.getByText("We meet at nine <b>sharp</b>").waitFor();

      await page.getByRole("button", { name: "Send" }).click();
      const refusal = page.getByRole("alert");
      await refusal.waitFor();
      assert.match(await refusal.textContent(), /INVALID_ARGUMENT.*INVALID_REQUEST.*message is required/s);
    });

    pageTest(`The example's page tells the story by ${protocol} on Talk ${profile}`, options, async page => {
      await signIn(page, gateway, protocol);
      await page.getByRole("button", { name: "Tell the story" }).click();
      const told = page.getByRole("log", { name: "Story" }).getByRole("paragraph");
      await told.nth(story.length - 1).waitFor();
      assert.deepEqual(await told.allTextContents(), story);
    });
  }
}

const gateway = gateways.addresses.get("25");

pageTest("The example's page shows what somebody else writes", { origins: [site.origin, gateway] }, async page => {
  await signIn(page, gateway, "Connect");
  await page.getByRole("navigation", { name: "Rooms" }).getByRole("button", { name: "Team" }).click();
  await page.getByRole("log", { name: "Messages" }).getByRole("article").first().waitFor();

  const token = await page.locator("#rooms button[aria-current=true]").getAttribute("data-token");
  const written = await fetch(`${gateway}/talk.v1.ChatService/SendMessage`, {
    method: "POST",
    headers: { authorization: `Basic ${btoa("bob:bob")}`, "content-type": "application/json" },
    body: JSON.stringify({ token, message: "Bob was here" }),
  });
  assert.equal(written.status, 200);
  await page.getByRole("log", { name: "Messages" }).getByText("Bob was here").waitFor();
});

pageTest("The example's page says that a password is wrong", {
  origins: [site.origin, gateway], expectsErrors: /Failed to load resource: .* 401 /,
}, async page => {
  await signIn(page, gateway, "Connect", "not alice's password");
  await page.getByRole("alert").getByText("UNAUTHENTICATED", { exact: true }).waitFor();
});

for (const colorScheme of ["light", "dark"]) {
  pageTest(`axe-core finds nothing serious in the example's page, in the ${colorScheme} scheme`, {
    origins: [site.origin, gateway], expectsErrors: /Failed to load resource: .* (400|401|404|504) /, colorScheme, viewport: { width: 390, height: 844 },
  }, async page => {
    await signIn(page, gateway, "Connect", "not alice's password");
    await page.getByRole("alert").waitFor();
    assert.deepEqual(await seriousViolations(page), [], "signing in");

    await signIn(page, gateway, "Connect");
    await page.getByRole("navigation", { name: "Rooms" }).getByRole("button", { name: "Team" }).click();
    await page.getByRole("log", { name: "Messages" }).getByRole("article").first().waitFor();
    await page.getByRole("button", { name: "Send" }).click();
    await page.getByRole("alert").waitFor();
    await page.getByRole("button", { name: "Tell the story" }).click();
    await page.getByRole("log", { name: "Story" }).getByText(story.at(-1)).waitFor();
    assert.deepEqual(await seriousViolations(page), [], "a room");
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), "wider than the phone");
  });
}

const closed = gatewayOf("25");

pageTest("The example's page says what to do where the gateway does not allow its origin", {
  origins: [site.origin, closed], expectsErrors: /blocked by CORS policy|net::ERR_FAILED/,
}, async page => {
  await signIn(page, closed, "Connect");
  const refusal = page.getByRole("alert");
  await refusal.getByText("Cors:Origins", { exact: true }).waitFor();
  assert.match(await refusal.textContent(), new RegExp(`TALKGATEWAY_Cors__Origins__0=${site.origin}`));
  assert.equal(await page.locator("#app").isVisible(), false);
});
