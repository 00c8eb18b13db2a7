// A page of the gateway's own origin, with nothing but the browser's fetch.
import assert from "node:assert/strict";
import { gatewayOf, pageTest } from "./browser.js";

const gateway = gatewayOf("25");

// The page is one that is passed through and has nothing to do with rpcs; the simulator has no icon for it.
const options = { origins: [gateway], expectsErrors: /\/favicon\.ico\)$/ };

pageTest("A page of the gateway's origin calls an rpc with fetch", options, async page => {
  await page.goto(`${gateway}/status.php`);
  const answer = await page.evaluate(async () => {
    const response = await fetch("/talk.v1.RoomService/ListRooms", {
      method: "POST",
      headers: { "authorization": `Basic ${btoa("alice:alice")}`, "content-type": "application/json", "connect-protocol-version": "1" },
      body: "{}",
    });
    return { status: response.status, message: await response.json() };
  });
  assert.equal(answer.status, 200);
  assert.ok(answer.message.rooms.length > 0);
  assert.ok(answer.message.rooms.every(room => /^[a-z0-9]{4,30}$/.test(room.token)));
});
