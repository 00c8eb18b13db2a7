// The explorer: signing in, finding an rpc, calling it, and what comes back.
import assert from "node:assert/strict";
import { gatewayOf, pageTest } from "./browser.js";
import { answerOf, call, choose, createRoom, field, openExplorer, signIn, statusOf } from "./explorer.js";

const newest = gatewayOf("25");
const oldest = gatewayOf("5");
const options = { origins: [newest], permissions: ["clipboard-read", "clipboard-write"] };
const failing = { ...options, expectsErrors: /status of [45]\d\d/ };

pageTest("Somebody signs in, searches an rpc, fills its form, calls it and sees the answer", options, async page => {
  await openExplorer(page, newest);
  await signIn(page);

  await page.getByLabel("Search rpcs").fill("create room");
  await page.getByRole("navigation").getByRole("link", { name: "CreateRoom" }).click();
  await field(page, "type").getByRole("combobox").selectOption("ROOM_TYPE_GROUP");
  await field(page, "name").getByRole("textbox").fill("From the explorer");
  assert.equal(await call(page), "OK");
  assert.match(await page.locator("#announcer").textContent(), /^OK after/);

  const { room } = await answerOf(page);
  assert.equal(room.displayName, "From the explorer");
  const shown = await page.locator(".json").textContent();
  assert.ok(shown.includes('"displayName": "From the explorer"'), shown.slice(0, 300));
  const key = page.locator(".json-key").filter({ hasText: /^"displayName"$/ }).first();
  assert.match(await key.getAttribute("title"), /Name/);
  assert.match(await page.locator(".status-line").textContent(), /OK0HTTP 200[\d.]+ ms[\d.]+ kB/);
});

pageTest("Rooms that were answered are offered where a token is wanted, and the history leads back to a call", options, async page => {
  await openExplorer(page, newest);
  await signIn(page);
  const token = await createRoom(page, "Offered");

  await choose(page, "talk.v1.RoomService/GetRoom");
  assert.equal(await page.locator(`#known-rooms option[value="${token}"]`).getAttribute("label"), "Offered");
  await field(page, "token").getByRole("combobox").fill(token);
  assert.equal(await call(page), "OK");

  const calls = page.getByRole("region", { name: "Calls so far" });
  await calls.getByRole("button", { name: "CreateRoom" }).click();
  await page.getByRole("heading", { level: 1, name: "CreateRoom" }).waitFor();
  assert.equal(await field(page, "name").getByRole("textbox").inputValue(), "Offered");
  assert.equal((await answerOf(page)).room.token, token);
  assert.match(page.url(), /#talk\.v1\.RoomService\/CreateRoom$/);
});

pageTest("A failure shows its code, its details, and the field that is wrong beside the field", failing, async page => {
  await openExplorer(page, newest, "talk.v1.RoomService/GetRoom");
  await signIn(page);
  await field(page, "token").getByRole("combobox").fill("../../x");
  assert.equal(await call(page), "INVALID_ARGUMENT");

  const answer = page.getByRole("complementary");
  await answer.getByText("INVALID_REQUEST").waitFor();
  assert.match(await answer.getByRole("region", { name: "ErrorInfo" }).textContent(), /domaintalkgatewayoperationconversation\.get/);
  assert.match(await field(page, "token").locator(".field-violation").textContent(), /does not match/);
  await answer.getByRole("button", { name: "token", exact: true }).click();
  assert.equal(await page.evaluate(() => document.activeElement.closest(".field")?.dataset.field), "token");

  await field(page, "token").getByRole("combobox").fill("nosuchroom");
  assert.equal(await field(page, "token").locator(".field-violation").isVisible(), false);
  assert.equal(await call(page), "NOT_FOUND");
  assert.match(await answer.getByRole("region", { name: "ErrorInfo" }).textContent(), /http_status404/);
});

pageTest("A deadline that passes is DEADLINE_EXCEEDED, and a waiting call can be stopped", failing, async page => {
  await openExplorer(page, newest);
  await signIn(page);
  const token = await createRoom(page, "Waiting");
  const request = { token, direction: "LIST_DIRECTION_FUTURE", lastKnownMessageId: "2000000000", timeout: "30s" };
  await choose(page, `talk.v1.ChatService/ListMessages?${encodeURIComponent(JSON.stringify(request))}`);

  await page.getByLabel("Deadline").fill("0.3");
  await page.keyboard.press("Control+Enter");
  await page.getByText("DEADLINE_EXCEEDED").first().waitFor();

  await page.getByLabel("Deadline").fill("");
  await page.keyboard.press("Control+Enter");
  await page.getByText("Waiting for the answer").waitFor();
  await page.getByRole("main").getByRole("button", { name: "Stop" }).click();
  assert.equal(await statusOf(page), "CANCELLED");
});

pageTest("A deadline leaves an rpc the time that it waits by intent, and a text that is none is refused", options, async page => {
  await openExplorer(page, newest, "talk.v1.ChatService/ListMessages");
  const deadline = page.getByLabel("Deadline");
  assert.equal(await deadline.inputValue(), "70");
  await page.getByText("Waits for news").waitFor();
  assert.equal(await page.getByText(/Waits up to/).count(), 0);
  await choose(page, "talk.v1.SignalingService/PullMessages");
  assert.equal(await deadline.inputValue(), "40");
  await page.getByText("Waits up to 30 s", { exact: true }).waitFor();

  await choose(page, "talk.v1.CapabilitiesService/GetServerStatus");
  assert.equal(await deadline.inputValue(), "30");
  const calls = page.getByRole("region", { name: "Calls so far" });
  for (const text of ["abc", "-1", "0"]) {
    await deadline.fill(text);
    await page.getByRole("main").getByRole("button", { name: "Call", exact: true }).click();
    await page.keyboard.press("Control+Enter");
    assert.equal(await deadline.evaluate(input => input === document.activeElement), true, text);
    const description = await deadline.evaluate(input => document.getElementById(input.getAttribute("aria-describedby")).textContent);
    assert.match(description, /^Seconds from/, text);
    assert.equal(await calls.isVisible(), false, text);
  }
  await deadline.fill("5");
  assert.equal(await deadline.getAttribute("aria-describedby"), null);
  assert.equal(await call(page), "OK");
});

pageTest("A stream shows its events as they come, until it is stopped", options, async page => {
  await openExplorer(page, newest, "grpc.health.v1.Health/Watch");
  await page.getByRole("button", { name: "Watch" }).click();

  const event = page.locator(".event");
  await event.waitFor();
  assert.match(await event.textContent(), /#1\+[\d.]+ ms.*"status": "SERVING"/);
  assert.equal(await page.locator(".live").textContent(), "Watching");
  await page.getByRole("complementary").getByRole("button", { name: "Stop" }).click();
  assert.equal(await statusOf(page), "CANCELLED");
  assert.equal(await event.count(), 1);
});

pageTest("A session that JoinRoom answers goes with later calls, until it is dropped", failing, async page => {
  await openExplorer(page, newest);
  await signIn(page);
  const token = await createRoom(page, "Joined");
  const request = encodeURIComponent(JSON.stringify({ token }));
  const sent = [];
  page.on("request", each => each.method() === "POST" && sent.push(each.headers()["talk-session"]));

  const needsSession = `talk.v1.ParticipantService/SetSessionState?${encodeURIComponent(JSON.stringify({ token, active: true }))}`;
  await choose(page, needsSession);
  assert.equal(await call(page), "FAILED_PRECONDITION");
  await choose(page, `talk.v1.ParticipantService/JoinRoom?${request}`);
  assert.equal(await call(page), "OK");
  const { sessionToken } = await answerOf(page);
  await page.getByRole("banner").getByText("Joined").waitFor();
  await choose(page, needsSession);
  assert.equal(await call(page), "OK");
  assert.deepEqual(sent, [undefined, undefined, sessionToken]);

  await page.getByRole("button", { name: "Drop the session of Joined" }).click();
  assert.equal(await call(page), "FAILED_PRECONDITION");
  assert.equal(sent.at(-1), undefined);
});

pageTest("A session ends with LeaveRoom and DeleteRoom of its room, and the rooms that are offered follow new names and deletions", options, async page => {
  await openExplorer(page, newest);
  await signIn(page);
  const [joined, other] = [await createRoom(page, "Joined"), await createRoom(page, "Other")];
  const chip = page.getByRole("banner").locator(".chip");
  const callWith = async (rpc, request) => {
    await choose(page, `talk.v1.${rpc}?${encodeURIComponent(JSON.stringify(request))}`);
    assert.equal(await call(page), "OK", rpc);
  };
  await callWith("ParticipantService/JoinRoom", { token: joined });
  await chip.getByText("Joined").waitFor();
  await callWith("ParticipantService/LeaveRoom", { token: joined });
  await chip.waitFor({ state: "detached" });

  await callWith("ParticipantService/JoinRoom", { token: joined });
  await chip.getByText("Joined").waitFor();
  await callWith("RoomService/DeleteRoom", { token: other });
  assert.equal(await chip.count(), 1);
  const offered = token => page.locator(`#known-rooms option[value="${token}"]`);
  assert.equal(await offered(other).count(), 0);
  await callWith("RoomService/RenameRoom", { token: joined, name: "Renamed" });
  assert.equal(await offered(joined).getAttribute("label"), "Renamed");
  await callWith("RoomService/DeleteRoom", { token: joined });
  await chip.waitFor({ state: "detached" });
  assert.equal(await offered(joined).count(), 0);
});

pageTest("What one user was answered is gone when another one signs in, or nobody is", options, async page => {
  await openExplorer(page, newest, "talk.v1.RoomService/ListRooms");
  const dialog = page.getByRole("dialog");
  const assertNothingIsLeft = async () => {
    await page.getByText("The answer will be here").waitFor();
    assert.equal(await page.locator(".json, .past li, #known-rooms option").count(), 0);
  };
  await signIn(page);
  assert.equal(await call(page), "OK");
  await page.getByRole("banner").getByRole("button", { name: "alice" }).click();
  await dialog.getByRole("button", { name: "bob" }).click();
  await page.getByRole("banner").getByRole("button", { name: "bob" }).waitFor();
  await assertNothingIsLeft();

  assert.equal(await call(page), "OK");
  await page.getByRole("banner").getByRole("button", { name: "bob" }).click();
  await dialog.getByRole("button", { name: "Sign out" }).click();
  await assertNothingIsLeft();
});

pageTest("A wrong password is refused where it was typed, and no credential is kept anywhere but in the page", failing, async page => {
  await openExplorer(page, newest);
  await page.getByRole("button", { name: "Sign in" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("User name").fill("bob");
  await dialog.getByLabel("App password").last().fill("not bob's");
  await dialog.getByRole("button", { name: "Sign in" }).click();
  await dialog.getByText("The server does not accept this credential").waitFor();

  await dialog.getByRole("tab", { name: "Bearer token" }).click();
  await dialog.getByLabel("Token").fill("nonsense");
  await dialog.getByRole("button", { name: "Sign in" }).click();
  await dialog.getByText("The server does not accept this credential").waitFor();

  await dialog.getByRole("button", { name: "bob" }).click();
  await page.getByRole("banner").getByRole("button", { name: "bob" }).waitFor();
  const kept = await page.evaluate(() => [localStorage.length, sessionStorage.length, document.cookie]);
  assert.deepEqual(kept, [0, 0, ""]);

  await page.getByRole("banner").getByRole("button", { name: "bob" }).click();
  await dialog.getByRole("button", { name: "Sign out" }).click();
  await choose(page, "talk.v1.RoomService/ListRooms");
  assert.equal(await call(page), "UNAUTHENTICATED");
});

pageTest("Metadata that is typed goes with every call, and another server is asked what it can do", failing, async page => {
  await openExplorer(page, newest, "talk.v1.CapabilitiesService/GetServerStatus");
  const sent = [];
  page.on("request", each => each.url().endsWith("/GetServerStatus") && sent.push(each.headers()));
  await page.getByText("Metadata of all calls").click();
  await page.getByRole("button", { name: "Add metadata" }).click();
  await page.getByLabel("Name", { exact: true }).fill("Accept-Language");
  await page.getByLabel("Value", { exact: true }).fill("de");
  assert.equal(await call(page), "OK");
  assert.equal(sent[0]["accept-language"], "de");
  assert.equal(sent[0]["talk-upstream"], undefined);

  await page.getByLabel("talk-upstream").fill("nowhere");
  await page.getByLabel("talk-upstream").blur();
  await page.locator(".server .lamp.bad").waitFor();
  assert.notEqual(await call(page), "OK");
  assert.equal(sent[1]["talk-upstream"], "nowhere");

  await choose(page, "talk.v1.RoomService/ListRooms");
  assert.equal(await page.getByLabel("talk-upstream").inputValue(), "nowhere");
  await page.getByRole("button", { name: "Remove this metadata" }).click();
  await page.getByLabel("talk-upstream").fill("simulator");
  await page.getByLabel("talk-upstream").blur();
  await page.locator(".server .lamp.good").waitFor();
  await choose(page, "talk.v1.CapabilitiesService/GetServerStatus");
  assert.equal(await call(page), "OK");
  assert.deepEqual([sent[2]["talk-upstream"], sent[2]["accept-language"] === "de"], ["simulator", false]);
});

pageTest("The cookies of a Nextcloud at the same origin do not go with calls", failing, async page => {
  await page.context().addCookies([{ name: "nc_session_id", value: "secret", url: newest }]);
  const calls = [];
  page.on("request", each => each.method() === "POST" && calls.push(each.allHeaders()));
  await openExplorer(page, newest, "talk.v1.RoomService/ListRooms");
  assert.equal(await call(page), "UNAUTHENTICATED");
  const headers = await Promise.all(calls);
  assert.equal(headers.length, 2);
  assert.ok(headers.every(each => each.cookie === undefined && each["content-type"] === "application/json"), JSON.stringify(headers));
});

pageTest("An old server's rpcs are marked where it lacks something, with the reason", { origins: [oldest] }, async page => {
  await openExplorer(page, oldest);
  const link = page.getByRole("navigation").getByRole("link", { name: "SetRoomDescription" });
  assert.match(await link.textContent(), /not on this server, which lacks room-description/);
  await link.click();
  await page.getByRole("main").getByText("This server cannot do it: it lacks room-description").waitFor();

  await choose(page, "talk.v1.RoomService/RenameRoom");
  assert.equal(await page.getByText("This server cannot do it").count(), 0);
  assert.equal(await page.locator(".route").textContent(), "PUTconversation v1/room/{token}");
});

pageTest("The search finds by name, by words of the documentation, by capability and by a path of the REST API", options, async page => {
  await openExplorer(page, newest);
  const found = async query => {
    await page.getByLabel("Search rpcs").fill(query);
    return page.locator(".rpc-link").evaluateAll(links => links.map(link => link.dataset.path.split("/")[1]));
  };
  assert.equal((await found("listrooms"))[0], "ListRooms");
  assert.ok((await found("announcement rooms")).includes("RemoveSelf"));
  assert.equal((await found("listable-rooms"))[0], "SetRoomListable");
  assert.deepEqual(await found("https://cloud.example.com/ocs/v2.php/apps/spreed/api/v4/room/abcd1234/participants/self?format=json"), ["RemoveSelf"]);
  assert.deepEqual(await found("/room/abcd1234/webinary/lobby"), ["SetRoomLobby"]);
  assert.deepEqual(await found("no such thing"), []);
  await page.getByText("No rpc fits").waitFor();
});
