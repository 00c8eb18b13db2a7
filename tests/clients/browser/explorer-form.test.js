// The explorer's form and its JSON: every request can be made with either, and they say the same.
import assert from "node:assert/strict";
import { gatewayOf, pageTest } from "./browser.js";
import { choose, field, openExplorer, requestJson } from "./explorer.js";

const gateway = gatewayOf("25");
const options = { origins: [gateway] };

pageTest("What is filled in stands in the JSON, each kind of value in its own form", options, async page => {
  await openExplorer(page, gateway, "talk.v1.RoomService/CreateRoom");
  await field(page, "type").getByRole("combobox").selectOption("ROOM_TYPE_PUBLIC");
  await field(page, "name").getByRole("textbox").fill("Ünïcode \"quoted\"");
  await field(page, "message_expiration").getByRole("textbox").fill("3600");
  await field(page, "participants").getByRole("button", { name: "Set participants" }).click();
  const users = field(page, "users");
  await users.getByRole("button", { name: "Add to users" }).click();
  await users.getByRole("textbox").fill("bob");
  await users.getByRole("button", { name: "Add to users" }).click();
  await users.getByRole("textbox").last().fill("carol");
  assert.deepEqual(await requestJson(page), {
    type: "ROOM_TYPE_PUBLIC", name: "Ünïcode \"quoted\"", messageExpiration: "3600s", participants: { users: ["bob", "carol"] },
  });

  await users.getByRole("button", { name: "Remove this element of users" }).first().click();
  await field(page, "name").getByRole("textbox").fill("");
  assert.deepEqual((await requestJson(page)).participants.users, ["carol"]);
  assert.equal((await requestJson(page)).name, "", "an empty text that is set is something else than none");
  await field(page, "name").getByLabel("set").uncheck();
  assert.equal("name" in await requestJson(page), false);

  await page.getByRole("button", { name: "Clear" }).click();
  assert.deepEqual(await requestJson(page), {});
});

pageTest("What is written as JSON stands in the form, and what does not fit is said", options, async page => {
  await openExplorer(page, gateway, "talk.v1.RoomService/CreateRoom");
  await page.getByRole("tab", { name: "JSON" }).click();
  const json = page.getByLabel("The request as JSON");
  await json.fill('{"type": 2, "name": "Typed", "lobbyTimer": "2030-01-01T10:00:00Z", "participants": {"groups": ["team"]}, "readOnly": "yes", "nmae": 1}');
  const problems = page.locator(".problems");
  assert.match(await problems.textContent(), /nmae: CreateRoomRequest has no such field/);
  assert.match(await problems.textContent(), /read_only: true or false is expected/);

  await page.getByRole("tab", { name: "Form" }).click();
  assert.equal(await field(page, "type").getByRole("combobox").inputValue(), "ROOM_TYPE_GROUP");
  assert.equal(await field(page, "name").getByRole("textbox").inputValue(), "Typed");
  assert.equal(await field(page, "groups").getByRole("textbox").inputValue(), "team");
  assert.match(await field(page, "lobby_timer").textContent(), /Sent as 2030-01-01T10:00:00Z/);

  await page.getByRole("tab", { name: "JSON" }).click();
  await json.fill('{"name": ');
  assert.match(await problems.textContent(), /This is no JSON yet/);
});

pageTest("Of a oneof one field is sent, chosen by hand or by what the JSON says", options, async page => {
  await openExplorer(page, gateway, "talk.v1.ParticipantService/RemoveParticipant");
  await page.getByRole("radio", { name: "attendee_id" }).check();
  await field(page, "attendee_id").getByRole("textbox").fill("9007199254740993");
  assert.deepEqual(await requestJson(page), { attendee: { attendeeId: "9007199254740993" } });

  await page.getByRole("radio", { name: "actor" }).check();
  await field(page, "actor").getByRole("button", { name: "Set actor" }).click();
  await field(page, "id").getByRole("textbox").fill("bob");
  assert.deepEqual(await requestJson(page), { attendee: { actor: { id: "bob" } } });

  await page.getByRole("tab", { name: "JSON" }).click();
  await page.getByLabel("The request as JSON").fill('{"attendee": {"sessionId": "abc"}}');
  await page.getByRole("tab", { name: "Form" }).click();
  assert.equal(await page.getByRole("radio", { name: "session_id" }).isChecked(), true);
  assert.equal(await field(page, "session_id").getByRole("textbox").inputValue(), "abc");
});

pageTest("Objects, bytes and instants have inputs of their own", options, async page => {
  await openExplorer(page, gateway, "talk.v1.ChatService/ShareObject");
  await field(page, "meta_data").getByRole("textbox").fill('{"name": "A place", "latitude": 1.5}');
  assert.deepEqual((await requestJson(page)).metaData, { name: "A place", latitude: 1.5 });

  await choose(page, "talk.v1.ParticipantService/ImportEmails");
  await field(page, "file").locator("input[type=file]").setInputFiles({ name: "guests.csv", mimeType: "text/csv", buffer: Buffer.from("name,email\n") });
  await page.waitForFunction(() => document.querySelector('.field[data-field="file"] input[type=text]').value !== "");
  assert.equal(Buffer.from((await requestJson(page)).file, "base64").toString(), "name,email\n");

  await choose(page, "talk.v1.RoomService/ListRooms");
  await field(page, "modified_since").getByRole("button", { name: "now" }).click();
  const age = Date.now() - Date.parse((await requestJson(page)).modifiedSince);
  assert.ok(age >= 0 && age < 60_000, `${age} ms`);
});

pageTest("Every rpc of the contract opens with its documentation and a form that holds every field", options, async page => {
  await openExplorer(page, gateway);
  const { services, messages } = await (await page.request.get(`${gateway}/explorer/contract.json`)).json();
  const rpcs = services.flatMap(service => service.methods.map(method => ({ path: `${service.name}/${method.name}`, ...method })));
  assert.ok(rpcs.length > 70);
  for (const rpc of rpcs) {
    await choose(page, rpc.path);
    const shown = await page.evaluate(() => ({
      fields: [...document.querySelectorAll(".rpc > .rpc-body > section > div > .fields > *")].flatMap(each => each.dataset.field
        ?? [...each.querySelectorAll(".choices input")].map(input => input.value).filter(Boolean)),
      text: document.querySelector(".prose").textContent,
      response: [...document.querySelectorAll('section[aria-label="Response"] > .schema > div > dt .field-name')].map(each => each.textContent),
      route: document.querySelector(".route")?.textContent ?? "",
    }));
    assert.deepEqual(shown.fields, messages[rpc.input].fields.map(each => each.name), rpc.path);
    assert.deepEqual(shown.response, messages[rpc.output].fields.map(each => each.jsonName), rpc.path);
    assert.ok(shown.text.length > 10, rpc.path);
    assert.ok(shown.route.endsWith(rpc.operation?.path ?? ""), rpc.path);
  }
});

pageTest("Every request message can be written into its form and read back unchanged", options, async page => {
  await openExplorer(page, gateway);
  const { services, messages, enums } = await (await page.request.get(`${gateway}/explorer/contract.json`)).json();
  for (const service of services) {
    for (const method of service.methods) {
      const request = exampleOf(method.input, messages, enums);
      await choose(page, `${service.name}/${method.name}?${encodeURIComponent(JSON.stringify(request))}`);
      assert.equal(await page.locator(".problems").textContent(), "", method.name);
      // Any edit makes the form say the whole request anew.
      const read = await page.evaluate(async () => {
        const input = document.querySelector('.fields input[type="text"], .fields input[type="checkbox"], .fields select');
        input?.dispatchEvent(new Event(input.tagName === "SELECT" || input.type === "checkbox" ? "change" : "input", { bubbles: true }));
        document.querySelector('[data-tab="json"]').click();
        const text = document.querySelector(".json-input").value;
        document.querySelector('[data-tab="form"]').click();
        return JSON.parse(text);
      });
      assert.deepEqual(read, request, method.name);
    }
  }
});

pageTest("Kinds of fields that the contract has not today have their inputs, too", options, async page => {
  const fields = [
    { type: "double", name: "ratio" }, { type: "uint64", name: "big" }, { type: "bool", name: "flags", repeated: true },
    { type: "string", name: "labels", mapKey: "string" }, { type: "int32", name: "counts", mapKey: "string" },
    { type: "message", name: "children", typeName: "test.Tree", repeated: true }, { type: "message", name: "named", typeName: "test.Tree", mapKey: "string" },
    { type: "message", name: "maybe", typeName: "google.protobuf.StringValue", presence: true },
    { type: "message", name: "anything", typeName: "google.protobuf.Value", presence: true },
    { type: "message", name: "list", typeName: "google.protobuf.ListValue", presence: true },
    { type: "message", name: "mask", typeName: "google.protobuf.FieldMask", presence: true },
    { type: "message", name: "times", typeName: "google.protobuf.Timestamp", repeated: true },
    { type: "string", name: "old", deprecated: true },
  ].map(each => ({ ...each, jsonName: each.name }));
  await page.route("**/explorer/contract.json", async route => {
    const contract = await (await route.fetch()).json();
    contract.messages["test.Tree"] = { fields };
    contract.services.push({ name: "test.Service", methods: [
      { name: "Plant", input: "test.Tree", output: "test.Tree", deprecated: true },
      { name: "Chat", input: "test.Tree", output: "test.Tree", clientStreaming: true, serverStreaming: true },
    ] });
    await route.fulfill({ json: contract });
  });
  const tree = {
    ratio: 1.5, big: "18446744073709551615", flags: [true, false], labels: { a: "b" }, counts: { one: 1 }, children: [{ children: [{ ratio: 2 }] }, {}],
    named: { x: { big: "1" } }, maybe: "", anything: [1, { two: null }], list: ["a"], mask: "a,b.c", times: ["2030-01-01T10:00:00Z"], old: "x",
  };
  await openExplorer(page, gateway, `test.Service/Plant?${encodeURIComponent(JSON.stringify(tree))}`);
  assert.equal(await page.locator(".problems").textContent(), "");
  await field(page, "ratio").getByRole("textbox").fill("0.25");
  assert.deepEqual(await requestJson(page), { ...tree, ratio: 0.25 });

  await field(page, "labels").getByRole("button", { name: "Add to labels" }).click();
  await field(page, "labels").getByLabel("Key in labels").last().fill("c");
  await field(page, "labels").getByLabel("Value in labels").last().fill("d");
  await field(page, "counts").getByRole("button", { name: "Remove" }).click();
  await field(page, "ratio").getByRole("textbox").fill("much");
  const { counts, ...rest } = tree;
  assert.deepEqual(await requestJson(page), { ...rest, ratio: "much", labels: { a: "b", c: "d" } }, `without ${counts}`);
  assert.equal(await field(page, "ratio").getByRole("textbox").getAttribute("aria-invalid"), "true");

  assert.match(await page.getByRole("navigation").getByRole("link", { name: "Plant" }).textContent(), /deprecated/);
  await page.locator(".tags").getByText("Deprecated").waitFor();
  assert.match(await field(page, "old").textContent(), /deprecated/);
  await choose(page, "test.Service/Chat");
  await page.getByText("A browser cannot send a stream").waitFor();
});

/** A request in which every field is set that can be, of a oneof the last. */
function exampleOf(type, messages, enums) {
  const request = {};
  const oneofs = new Map();
  for (const each of messages[type].fields) {
    const value = valueOf(each, messages, enums);
    if (value === undefined) {
      continue;
    }
    if (each.oneof) {
      delete request[oneofs.get(each.oneof)];
      oneofs.set(each.oneof, each.jsonName);
    }
    request[each.jsonName] = each.mapKey ? { key: value } : each.repeated ? [value, value] : value;
  }
  return request;
}

function valueOf({ type, typeName }, messages, enums) {
  switch (type) {
    case "string":
      return "text";
    case "bytes":
      return "AAEC";
    case "bool":
      return true;
    case "enum":
      return enums[typeName].values.find(value => value.number !== 0)?.name;
    case "message":
      return {
        "google.protobuf.Timestamp": "2030-01-01T10:00:00.5Z", "google.protobuf.Duration": "1.5s", "google.protobuf.Struct": { a: [1, null] },
      }[typeName] ?? exampleOf(typeName, messages, enums);
    case "int64":
    case "uint64":
      return "9007199254740993";
    default:
      return 3;
  }
}
