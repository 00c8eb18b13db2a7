// Nextcloud Talk from Node: makes a room, writes and reads in it, meets a few failures, and cleans up.
import { Metadata, type ServiceError, credentials, status } from "@grpc/grpc-js";
import { BadRequest, ErrorInfo } from "../gen/google/rpc/error_details.js";
import { Status } from "../gen/google/rpc/status.js";
import { HealthCheckResponse_ServingStatus, HealthClient } from "../gen/grpc/health/v1/health.js";
import { ChatServiceClient, ListDirection, ListMessagesRequest, SendMessageRequest } from "../gen/talk/v1/chat.js";
import { CreateRoomRequest, DeleteRoomRequest, GetRoomRequest, ListRoomsRequest, RoomServiceClient, RoomType } from "../gen/talk/v1/room.js";
import { unary } from "./unary.js";

const { TALK_ADDRESS = "localhost:8080", TALK_USER = "alice", TALK_PASSWORD = "alice" } = process.env;

// For a gateway behind TLS: credentials.createSsl().
const rooms = new RoomServiceClient(TALK_ADDRESS, credentials.createInsecure());
const chat = new ChatServiceClient(TALK_ADDRESS, credentials.createInsecure());
const health = new HealthClient(TALK_ADDRESS, credentials.createInsecure());

// Goes with every call.
const signedIn = new Metadata();
signedIn.set("authorization", `Basic ${Buffer.from(`${TALK_USER}:${TALK_PASSWORD}`).toString("base64")}`);

const createRoom = unary(rooms, rooms.createRoom, signedIn);
const listRooms = unary(rooms, rooms.listRooms, signedIn);
const getRoom = unary(rooms, rooms.getRoom, signedIn);
const deleteRoom = unary(rooms, rooms.deleteRoom, signedIn);
const sendMessage = unary(chat, chat.sendMessage, signedIn);
const listMessages = unary(chat, chat.listMessages, signedIn);

/** The failure of a call that must fail, with its google.rpc details. */
async function failureOf(call: Promise<unknown>) {
  const failure = await call.then(() => { throw new Error("The call succeeded"); }, (error: ServiceError) => error);
  const [encoded] = failure.metadata.get("grpc-status-details-bin");
  const details = encoded ? Status.decode(encoded as Buffer).details : [];
  const find = (type: string) => details.find(detail => detail.typeUrl.endsWith(`/google.rpc.${type}`))?.value ?? new Uint8Array();
  return {
    code: status[failure.code],
    info: ErrorInfo.decode(find("ErrorInfo")),
    violations: BadRequest.decode(find("BadRequest")).fieldViolations,
  };
}

const { room } = await createRoom(CreateRoomRequest.create({ type: RoomType.ROOM_TYPE_GROUP, name: "Hello from an example" }));
if (!room) {
  throw new Error("The answer has no room");
}
const { token } = room;
console.log(`Created the room "${room.displayName}"`);

try {
  const mine = await listRooms(ListRoomsRequest.create());
  console.log(`It is one of my rooms: ${mine.rooms.some(one => one.token === token)}`);

  const { message } = await sendMessage(SendMessageRequest.create({ token, message: "Hello, Talk!" }));
  console.log(`Sent: ${message?.text}`);

  const history = await listMessages(ListMessagesRequest.create({ token, direction: ListDirection.LIST_DIRECTION_HISTORY }));
  for (const { systemMessage, actorDisplayName, text } of history.messages) {
    if (!systemMessage) {
      console.log(`Read: ${actorDisplayName}: ${text}`);
    }
  }

  const refused = await failureOf(sendMessage(SendMessageRequest.create({ token, message: "" })));
  for (const { field, description } of refused.violations) {
    console.log(`Refused: ${refused.code}, reason ${refused.info.reason}, field ${field}: ${description}`);
  }

  const missing = await failureOf(getRoom(GetRoomRequest.create({ token: "nosuchroom" })));
  console.log(`Not there: ${missing.code}, reason ${missing.info.reason}, HTTP status ${missing.info.metadata.http_status}`);

  // Waits until somebody writes, 30 seconds at most, but its deadline ends it before.
  const news = ListMessagesRequest.create({
    token, direction: ListDirection.LIST_DIRECTION_FUTURE, lastKnownMessageId: message?.id,
  });
  const waited = await failureOf(listMessages(news, { deadline: Date.now() + 300 }));
  console.log(`Waited for news: ${waited.code}`);

  const watch = health.watch({ service: "" });
  for await (const { status } of watch) {
    console.log(`Health: ${HealthCheckResponse_ServingStatus[status]}`);
    watch.cancel();
    break;
  }
} finally {
  await deleteRoom(DeleteRoomRequest.create({ token }));
  console.log("Deleted the room");
}
[rooms, chat, health].forEach(client => client.close());
