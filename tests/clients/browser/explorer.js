// What the tests of the explorer do in it, in the words of those who use it.
import assert from "node:assert/strict";

/**
 * Opens the explorer, at an rpc if one is named, and waits until it knows the server.
 * @param {import("playwright-core").Page} page
 * @param {string} gateway
 * @param {string} [rpc] "talk.v1.RoomService/ListRooms", with "?" and a request if wanted
 */
export async function openExplorer(page, gateway, rpc = "") {
  await page.goto(`${gateway}/explorer${rpc === "" ? "" : `#${rpc}`}`);
  await page.locator(".server .lamp.good").waitFor();
}

/**
 * Signs in as a user of the simulator, with one click.
 * @param {import("playwright-core").Page} page
 */
export async function signIn(page, user = "alice") {
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("dialog").getByRole("button", { name: user }).click();
  await page.getByRole("banner").getByRole("button", { name: user }).waitFor();
}

/**
 * Goes to another rpc without leaving the page.
 * @param {import("playwright-core").Page} page
 * @param {string} rpc
 */
export async function choose(page, rpc) {
  await page.evaluate(hash => {
    location.hash = hash;
  }, rpc);
  const name = rpc.replace(/\?.*$/, "").split("/")[1];
  await page.getByRole("heading", { level: 1, name, exact: true }).waitFor();
}

/**
 * Makes the call and gives the status that it ended with.
 * @param {import("playwright-core").Page} page
 */
export async function call(page) {
  await page.getByRole("main").getByRole("button", { name: "Call", exact: true }).click();
  return statusOf(page);
}

/** The status that is shown, such as "OK" or "NOT_FOUND". @param {import("playwright-core").Page} page */
export async function statusOf(page) {
  const status = page.locator(".status-line .status");
  await status.waitFor();
  return (await status.textContent()).replace(/\d+$/, "");
}

/** The answer as JSON, as the button copies it. @param {import("playwright-core").Page} page */
export async function answerOf(page) {
  await page.getByRole("button", { name: "Copy the answer" }).click();
  return JSON.parse(await page.evaluate(() => navigator.clipboard.readText()));
}

/** The field of the form of that name. @param {import("playwright-core").Page} page */
export function field(page, name) {
  return page.locator(`.field[data-field="${name}"]`).first();
}

/** The request as the JSON view has it. @param {import("playwright-core").Page} page */
export async function requestJson(page) {
  await page.getByRole("tab", { name: "JSON" }).click();
  const json = JSON.parse(await page.getByLabel("The request as JSON").inputValue());
  await page.getByRole("tab", { name: "Form" }).click();
  return json;
}

/** Token of a new group room. @param {import("playwright-core").Page} page */
export async function createRoom(page, name) {
  await choose(page, `talk.v1.RoomService/CreateRoom?${encodeURIComponent(JSON.stringify({ type: "ROOM_TYPE_GROUP", name }))}`);
  assert.equal(await call(page), "OK");
  return (await answerOf(page)).room.token;
}
