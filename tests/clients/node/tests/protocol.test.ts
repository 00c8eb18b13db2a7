// What grpc-js makes of the gateway's answers apart from their content: failures, deadlines, compression, health.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { compressionAlgorithms, credentials, status } from "@grpc/grpc-js";
import { HealthCheckRequest, HealthCheckResponse_ServingStatus, HealthClient } from "../generated/grpc/health/v1/health.js";
import { GetCapabilitiesRequest } from "../generated/talk/v1/capabilities.js";
import { ListDirection, ListMessagesRequest } from "../generated/talk/v1/chat.js";
import {
  CreateRoomRequest, DeleteRoomRequest, GetRoomRequest, ListRoomsRequest, RoomType, SetRoomDescriptionRequest,
} from "../generated/talk/v1/room.js";
import { Caller, detailsOf, failureOf, gatewayOf } from "./gateway.js";

const newest = gatewayOf("25");
const oldest = gatewayOf("3.0");
const alice = new Caller(newest, "alice");
const oldAlice = new Caller(oldest, "alice");
after(() => [alice, oldAlice].forEach(caller => caller.close()));

const createRoom = async (owner: Caller) => {
  const { room } = await owner.ask(owner.rooms, owner.rooms.createRoom,
    CreateRoomRequest.fromPartial({ type: RoomType.ROOM_TYPE_GROUP, name: "Protocol" }));
  assert.ok(room);
  return room.token;
};

test("A wrong password is UNAUTHENTICATED", async t => {
  const stranger = new Caller(newest, "carol", "not carol's password");
  t.after(() => stranger.close());
  const failure = await failureOf(stranger.ask(stranger.rooms, stranger.rooms.listRooms, ListRoomsRequest.fromPartial({})));
  assert.equal(failure.code, status.UNAUTHENTICATED);
});

test("A malformed token is INVALID_ARGUMENT, and the details name the field", async () => {
  const failure = await failureOf(alice.ask(alice.rooms, alice.rooms.getRoom, GetRoomRequest.fromPartial({ token: "../../x" })));
  assert.equal(failure.code, status.INVALID_ARGUMENT);
  assert.deepEqual(detailsOf(failure).badRequest?.fieldViolations.map(violation => violation.field), ["token"]);
});

test("An unknown room is NOT_FOUND, and the details say what the server answered", async () => {
  const failure = await failureOf(alice.ask(alice.rooms, alice.rooms.getRoom, GetRoomRequest.fromPartial({ token: "nosuchroom" })));
  assert.equal(failure.code, status.NOT_FOUND);
  const { info } = detailsOf(failure);
  assert.equal(info?.metadata.operation, "conversation.get");
  assert.equal(info.metadata.http_status, "404");
});

test("What the server cannot do is UNIMPLEMENTED, and the details name what it lacks", async () => {
  const token = await createRoom(oldAlice);
  const failure = await failureOf(oldAlice.ask(oldAlice.rooms, oldAlice.rooms.setRoomDescription,
    SetRoomDescriptionRequest.fromPartial({ token, description: "Never there" })));
  assert.equal(failure.code, status.UNIMPLEMENTED);
  const { info } = detailsOf(failure);
  assert.equal(info?.reason, "NOT_SUPPORTED_BY_SERVER");
  assert.equal(info.metadata.missing, "room-description");
  await oldAlice.ask(oldAlice.rooms, oldAlice.rooms.deleteRoom, DeleteRoomRequest.fromPartial({ token }));
});

test("GetCapabilities tells what the gateway decided for this server", async () => {
  const modern = await alice.ask(alice.capabilities, alice.capabilities.getCapabilities, GetCapabilitiesRequest.fromPartial({}));
  const old = await oldAlice.ask(oldAlice.capabilities, oldAlice.capabilities.getCapabilities, GetCapabilitiesRequest.fromPartial({}));
  assert.equal(modern.apiVersions.conversation, 4);
  assert.equal(old.apiVersions.conversation, 1);
  const describe = (answer: typeof modern) => answer.rpcs.find(support => support.rpc.endsWith("RoomService/SetRoomDescription"));
  assert.equal(describe(modern)?.supported, true);
  assert.equal(describe(old)?.supported, false);
});

test("A call that waits for a message ends with its deadline", async () => {
  const token = await createRoom(alice);
  const wait = ListMessagesRequest.fromPartial({
    token, direction: ListDirection.LIST_DIRECTION_FUTURE, lastKnownMessageId: 2_000_000_000n, timeout: { seconds: 30n },
  });
  const failure = await failureOf(alice.ask(alice.chat, alice.chat.listMessages, wait, { deadline: Date.now() + 500 }));
  assert.equal(failure.code, status.DEADLINE_EXCEEDED);
  await alice.ask(alice.rooms, alice.rooms.deleteRoom, DeleteRoomRequest.fromPartial({ token }));
});

test("A waiting call that the client cancels is CANCELLED", async () => {
  const token = await createRoom(alice);
  const wait = ListMessagesRequest.fromPartial({
    token, direction: ListDirection.LIST_DIRECTION_FUTURE, lastKnownMessageId: 2_000_000_000n, timeout: { seconds: 30n },
  });
  const cancellation = new AbortController();
  const failure = failureOf(alice.ask(alice.chat, alice.chat.listMessages, wait, {}, cancellation.signal));
  cancellation.abort();
  assert.equal((await failure).code, status.CANCELLED);
  await alice.ask(alice.rooms, alice.rooms.deleteRoom, DeleteRoomRequest.fromPartial({ token }));
});

test("A client that compresses is understood and answered the same", async t => {
  const compressing = new Caller(newest, "alice", "alice",
    { "grpc.default_compression_algorithm": compressionAlgorithms.gzip });
  t.after(() => compressing.close());
  const name = "Long name ".repeat(20).trim();
  const { room } = await compressing.ask(compressing.rooms, compressing.rooms.createRoom,
    CreateRoomRequest.fromPartial({ type: RoomType.ROOM_TYPE_GROUP, name }));
  assert.equal(room?.displayName, name);
  await alice.ask(alice.rooms, alice.rooms.deleteRoom, DeleteRoomRequest.fromPartial({ token: room.token }));
});

test("The health service says SERVING", async t => {
  const health = new HealthClient(newest, credentials.createInsecure());
  t.after(() => health.close());
  const answer = await alice.ask(health, health.check, HealthCheckRequest.fromPartial({}));
  assert.equal(answer.status, HealthCheckResponse_ServingStatus.SERVING);
});
