// The explorer for everybody: by keyboard alone, light and dark, on a phone, for screen readers, and by links.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, request } from "node:http";
import { after, before } from "node:test";
import { seriousViolations } from "./accessibility.js";
import { gatewayOf, pageTest } from "./browser.js";
import { call, choose, createRoom, field, openExplorer, signIn, statusOf } from "./explorer.js";

const gateway = gatewayOf("25");
const options = { origins: [gateway] };
const failing = { ...options, expectsErrors: /status of 4\d\d/ };

/** A reverse proxy that has the gateway below a path. */
const proxy = createServer((incoming, outgoing) => {
  const path = incoming.url.replace(/^\/below/, "");
  if (path === incoming.url) {
    outgoing.writeHead(404).end();
    return;
  }
  incoming.pipe(request(`${gateway}${path}`, { method: incoming.method, headers: incoming.headers }, answer => {
    outgoing.writeHead(answer.statusCode, answer.headers);
    answer.pipe(outgoing);
  }));
});
const proxyOrigins = [];
before(async () => {
  proxy.listen(0, "127.0.0.1");
  await once(proxy, "listening");
  proxyOrigins.push(`http://127.0.0.1:${proxy.address().port}`);
});
after(() => {
  proxy.close();
  proxy.closeAllConnections();
});

for (const colorScheme of ["light", "dark"]) {
  pageTest(`axe-core finds nothing serious, in the ${colorScheme} scheme`, { ...failing, colorScheme, reducedMotion: "reduce" }, async page => {
    await openExplorer(page, gateway);
    assert.deepEqual(await seriousViolations(page), [], "the welcome");
    await page.getByRole("button", { name: "Sign in" }).click();
    assert.deepEqual(await seriousViolations(page), [], "signing in");
    await page.getByRole("dialog").getByRole("button", { name: "alice" }).click();
    await page.getByRole("banner").getByRole("button", { name: "alice" }).waitFor();

    await choose(page, "talk.v1.RoomService/ListRooms");
    assert.equal(await call(page), "OK");
    assert.deepEqual(await seriousViolations(page), [], "an answer");

    await choose(page, "talk.v1.ParticipantService/RemoveParticipant");
    await page.getByText("How it reaches the server").click();
    await page.getByText("Metadata of all calls").click();
    await page.getByRole("radio", { name: "session_id" }).check();
    assert.equal(await call(page), "INVALID_ARGUMENT");
    assert.deepEqual(await seriousViolations(page), [], "a failure");

    await choose(page, "talk.v1.RoomService/CreateRoom");
    await field(page, "participants").getByRole("button").click();
    await field(page, "users").getByRole("button").click();
    assert.deepEqual(await seriousViolations(page), [], "a long form");
    await page.getByRole("tab", { name: "JSON" }).click();
    assert.deepEqual(await seriousViolations(page), [], "JSON");
    await page.getByRole("tab", { name: "Form" }).click();

    await choose(page, "grpc.health.v1.Health/Watch");
    await page.getByRole("button", { name: "Watch" }).click();
    await page.locator(".event").waitFor();
    assert.deepEqual(await seriousViolations(page), [], "a stream");
  });
}

pageTest("The scheme follows the system", options, async page => {
  await openExplorer(page, gateway);
  const lightness = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor.match(/\d+/g).slice(0, 3).reduce((sum, each) => sum + Number(each), 0));
  await page.emulateMedia({ colorScheme: "light" });
  assert.ok(await lightness() > 700);
  await page.emulateMedia({ colorScheme: "dark" });
  assert.ok(await lightness() < 120);
});

pageTest("With the keyboard alone somebody signs in, finds an rpc, fills it in, calls it and reads the answer", failing, async page => {
  const press = async (...keys) => {
    for (const key of keys) {
      await page.keyboard.press(key);
    }
  };
  const focused = () => page.evaluate(() => document.activeElement.getAttribute("aria-label") ?? document.activeElement.textContent.trim());
  const tabTo = async wanted => {
    for (let steps = 0; steps < 40; steps += 1) {
      if ((await focused()).includes(wanted)) {
        const outline = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
        assert.notEqual(outline, "none", `the focus on ${wanted} is not visible`);
        return;
      }
      await press("Tab");
    }
    assert.fail(`Tab does not lead to ${wanted}; it is at ${await focused()}`);
  };

  await openExplorer(page, gateway);
  await press("Tab");
  assert.equal(await focused(), "Skip to the rpc");
  await tabTo("Sign in");
  await press("Enter");
  await tabTo("bob");
  await press("Enter");
  await page.getByRole("banner").getByRole("button", { name: "bob" }).waitFor();

  await press("/");
  await page.keyboard.type("getroom");
  await press("ArrowDown");
  assert.match(await focused(), /GetRoom/);
  await press("ArrowDown", "ArrowUp", "Enter");
  await page.getByRole("heading", { level: 1, name: "GetRoom", exact: true }).waitFor();
  for (let steps = 0; steps < 20 && !(await page.evaluate(() => document.activeElement.matches('[data-field="token"] input'))); steps += 1) {
    await press("Tab");
  }
  await page.keyboard.type("nosuchroom");
  await press("Control+Enter");
  assert.equal(await statusOf(page), "NOT_FOUND");
  assert.match(await page.locator("#announcer").textContent(), /^NOT_FOUND: /);

  await press("Control+K");
  await page.keyboard.type("listrooms");
  await press("Enter");
  await page.getByRole("heading", { level: 1, name: "ListRooms", exact: true }).waitFor();
  await press("Control+Enter");
  assert.equal(await statusOf(page), "OK");
  const toggles = page.locator(".json-toggle");
  for (let steps = 0; steps < 60 && !(await page.evaluate(() => document.activeElement.matches(".json-toggle"))); steps += 1) {
    await press("Tab");
  }
  await press("ArrowDown");
  assert.equal(await toggles.nth(1).getAttribute("aria-expanded"), "true");
  await press("ArrowLeft");
  assert.equal(await toggles.nth(1).getAttribute("aria-expanded"), "false");
  assert.match(await page.locator(".json").textContent(), /"rooms": \[\d+ elements?/);
});

pageTest("A link opens an rpc with its request, and going back leads back", { ...options, permissions: ["clipboard-read", "clipboard-write"] }, async page => {
  await openExplorer(page, gateway, `talk.v1.RoomService/GetRoom?${encodeURIComponent('{"token": "abcd1234"}')}`);
  assert.equal(await page.getByRole("heading", { level: 1 }).textContent(), "GetRoom");
  assert.equal(await field(page, "token").getByRole("combobox").inputValue(), "abcd1234");
  assert.equal(await page.title(), "GetRoom · TalkGateway Explorer");
  assert.equal(await page.locator('[aria-current="page"]').getAttribute("data-path"), "talk.v1.RoomService/GetRoom");

  await page.getByRole("navigation").getByRole("link", { name: "ListRooms" }).click();
  await page.getByRole("heading", { level: 1, name: "ListRooms" }).waitFor();
  await page.goBack();
  await page.getByRole("heading", { level: 1, name: "GetRoom", exact: true }).waitFor();

  await field(page, "token").getByRole("combobox").fill("wxyz9876");
  await page.getByRole("button", { name: "Copy a link to this call" }).click();
  const link = await page.evaluate(() => navigator.clipboard.readText());
  await page.goto("about:blank");
  await page.goto(link);
  assert.equal(await field(page, "token").getByRole("combobox").inputValue(), "wxyz9876");

  await page.goto("about:blank");
  const notice = page.getByRole("alert").getByText("This gateway has no rpc of the name in the address");
  await openExplorer(page, gateway, "talk.v1.RoomService/NoSuchRpc");
  await notice.waitFor();
  await choose(page, "talk.v1.RoomService/ListRooms");
  assert.equal(await notice.count(), 0);
  await page.evaluate(() => {
    location.hash = "talk.v1.RoomService/NeitherThisOne";
  });
  await notice.getByText("talk.v1.RoomService/NeitherThisOne").waitFor();
  await page.getByRole("link", { name: "Explorer" }).click();
  await notice.waitFor({ state: "detached" });
});

for (const width of [1000, 1280]) {
  pageTest(`Every rpc opens at its top, at ${width} px, and the list shows where it is and what a search found best`, {
    ...options, viewport: { width, height: 720 },
  }, async page => {
    await openExplorer(page, gateway, "talk.v1.RoomService/CreateRoom");
    const scrolled = () => page.evaluate(() => [scrollY, document.getElementById("rpc").scrollTop]);
    await page.getByRole("heading", { level: 2, name: "Response" }).scrollIntoViewIfNeeded();
    assert.notDeepEqual(await scrolled(), [0, 0]);
    await choose(page, "grpc.health.v1.Health/Watch");
    assert.deepEqual(await scrolled(), [0, 0]);

    const inSight = link => link.evaluate(element => {
      const { top, bottom } = element.getBoundingClientRect();
      const list = document.getElementById("rpc-list").getBoundingClientRect();
      return top >= list.top && bottom <= list.bottom;
    });
    assert.ok(await inSight(page.locator('[aria-current="page"]')));
    await page.getByLabel("Search rpcs").fill("room");
    assert.ok(await inSight(page.locator(".rpc-link").first()));
  });
}

pageTest("On a phone nothing is wider than the screen, and the list covers the page until an rpc is chosen", {
  ...failing, viewport: { width: 375, height: 720 }, hasTouch: true, isMobile: true,
}, async page => {
  const assertFits = async what => {
    const [content, screen] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
    assert.ok(content <= screen, `${what}: ${content} px on ${screen} px`);
  };
  await openExplorer(page, gateway);
  await assertFits("the welcome");
  await signIn(page);
  await page.getByRole("button", { name: "List of rpcs" }).click();
  await assertFits("the list");
  await page.getByRole("navigation").getByRole("link", { name: "CreateRoom" }).click();
  await page.getByRole("heading", { level: 1, name: "CreateRoom" }).waitFor();
  assert.equal(await page.getByRole("navigation").isVisible(), false);
  await page.getByText("How it reaches the server").click();
  await field(page, "participants").getByRole("button").click();
  await page.getByText("Metadata of all calls").click();
  await assertFits("a long form");

  await choose(page, "talk.v1.RoomService/ListRooms");
  assert.equal(await call(page), "OK");
  await page.locator(".json").waitFor();
  await page.waitForFunction(() => document.querySelector(".status-line").getBoundingClientRect().top < innerHeight);
  await assertFits("an answer");
  await choose(page, "talk.v1.ParticipantService/RemoveParticipant");
  assert.equal(await call(page), "INVALID_ARGUMENT");
  await assertFits("a failure");
});

pageTest("On the narrowest phone the session can be dropped with a finger", {
  ...options, viewport: { width: 320, height: 640 }, hasTouch: true, isMobile: true, permissions: ["clipboard-read", "clipboard-write"],
}, async page => {
  await openExplorer(page, gateway);
  await signIn(page);
  const token = await createRoom(page, "A room with a long name");
  await choose(page, `talk.v1.ParticipantService/JoinRoom?${encodeURIComponent(JSON.stringify({ token }))}`);
  assert.equal(await call(page), "OK");
  const drop = page.getByRole("button", { name: "Drop the session of A room with a long name" });
  const [button, chip] = await Promise.all([drop.boundingBox(), page.locator(".chip").boundingBox()]);
  assert.ok(button.width >= 24 && button.height >= 24, JSON.stringify(button));
  assert.ok(button.x >= chip.x && button.x + button.width <= chip.x + chip.width, JSON.stringify({ button, chip }));
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth));
  await drop.tap();
  await page.locator(".chip").waitFor({ state: "detached" });
});

pageTest("What other people wrote is shown as text and never becomes part of the page", { ...options, permissions: ["clipboard-read", "clipboard-write"] }, async page => {
  const name = `<img src=x onerror="document.title='taken'"><script>document.title='taken'</script>`;
  await openExplorer(page, gateway);
  await signIn(page);
  await choose(page, `talk.v1.RoomService/CreateRoom?${encodeURIComponent(JSON.stringify({ type: "ROOM_TYPE_GROUP", name }))}`);
  assert.equal(await call(page), "OK");
  assert.ok((await page.locator(".json").textContent()).includes(JSON.stringify(name)));
  assert.equal(await page.locator(".console img, .console script").count(), 0);
  assert.equal(await page.title(), "CreateRoom · TalkGateway Explorer");
});

pageTest("Below the path of a reverse proxy everything works, and the commands have the path", { origins: proxyOrigins }, async page => {
  await openExplorer(page, `${proxyOrigins[0]}/below`);
  await signIn(page, "carol");
  await page.getByRole("link", { name: "ListRooms" }).first().click();
  assert.equal(await call(page), "OK");
  assert.ok(page.url().startsWith(`${proxyOrigins[0]}/below/explorer#`), page.url());
  await page.getByRole("tab", { name: "curl", exact: true }).click();
  assert.match(await page.locator(".command").textContent(), /\/below\/talk\.v1\.RoomService\/ListRooms$/);
  await page.getByRole("tab", { name: "grpcurl", exact: true }).click();
  await page.getByText("grpcurl can't call below a path").waitFor();
});
