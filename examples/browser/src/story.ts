// The same story as the examples in other languages: makes a room, writes and reads in it, meets a few failures, and cleans up.
import { type Talk, failureOf } from "./talk";
import { HealthCheckResponse_ServingStatus } from "../gen/grpc/health/v1/health_pb";
import { ListDirection } from "../gen/talk/v1/chat_pb";
import { RoomType } from "../gen/talk/v1/room_pb";

export async function tellStory({ rooms, chat, health }: Talk, print: (line: string) => void) {
  const { room } = await rooms.createRoom({ type: RoomType.GROUP, name: "Hello from an example" });
  if (!room) {
    throw new Error("The answer has no room");
  }
  const { token } = room;
  print(`Created the room "${room.displayName}"`);

  try {
    const mine = await rooms.listRooms({});
    print(`It is one of my rooms: ${mine.rooms.some(one => one.token === token)}`);

    const { message } = await chat.sendMessage({ token, message: "Hello, Talk!" });
    print(`Sent: ${message?.text}`);

    const history = await chat.listMessages({ token, direction: ListDirection.HISTORY });
    for (const { systemMessage, actorDisplayName, text } of history.messages) {
      if (!systemMessage) {
        print(`Read: ${actorDisplayName}: ${text}`);
      }
    }

    const refused = await failed(chat.sendMessage({ token, message: "" }));
    for (const { field, description } of refused.violations) {
      print(`Refused: ${refused.code}, reason ${refused.reason}, field ${field}: ${description}`);
    }

    const missing = await failed(rooms.getRoom({ token: "nosuchroom" }));
    print(`Not there: ${missing.code}, reason ${missing.reason}, HTTP status ${missing.metadata.http_status}`);

    // Waits until somebody writes, 30 seconds at most, but its deadline ends it before.
    const news = { token, direction: ListDirection.FUTURE, lastKnownMessageId: message?.id };
    const waited = await failed(chat.listMessages(news, { timeoutMs: 300 }));
    print(`Waited for news: ${waited.code}`);

    const watching = new AbortController();
    for await (const { status } of health.watch({ service: "" }, { signal: watching.signal })) {
      print(`Health: ${HealthCheckResponse_ServingStatus[status]}`);
      break;
    }
    watching.abort(); // leaving the loop does not end the stream
  } finally {
    await rooms.deleteRoom({ token });
    print("Deleted the room");
  }
}

/** The failure of a call that must fail. */
function failed(call: Promise<unknown>) {
  return call.then(() => { throw new Error("The call succeeded"); }, failureOf);
}
