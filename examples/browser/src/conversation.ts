// One open room: its messages, those that come, and writing.
import { avatar, byId, create, pause, showFailure } from "./dom";
import { type Talk, failureOf } from "./talk";
import { timestampDate } from "@bufbuild/protobuf/wkt";
import { ListDirection } from "../gen/talk/v1/chat_pb";
import type { Message } from "../gen/talk/v1/message_pb";
import type { Room } from "../gen/talk/v1/room_pb";

const list = byId("messages");
const form = byId<HTMLFormElement>("composer");
const input = byId<HTMLInputElement>("message");
const failure = byId("chat-failure");

/** Opens a room, until `closed` says that another takes its place. */
export async function openRoom({ chat }: Talk, { token, displayName }: Room, user: string, closed: AbortSignal): Promise<void> {
  const shown = new Set<bigint>();
  let newest = 0n;
  const show = (message: Message) => {
    const { id = 0n } = message;
    if (!closed.aborted && !shown.has(id)) {
      shown.add(id);
      newest = id > newest ? id : newest;
      list.append(lineOf(message, user));
      list.scrollTop = list.scrollHeight;
    }
  };

  byId("room-name").textContent = displayName ?? token;
  list.replaceChildren();
  showFailure(failure, null);
  form.hidden = false;
  input.focus();
  form.onsubmit = async event => {
    event.preventDefault();
    showFailure(failure, null);
    try {
      const { message } = await chat.sendMessage({ token, message: input.value }, { signal: closed });
      input.value = "";
      if (message) {
        show(message);
      }
    } catch (thrown) {
      if (!closed.aborted) {
        showFailure(failure, failureOf(thrown));
        list.scrollTop = list.scrollHeight;
      }
    }
  };

  while (!closed.aborted) {
    try {
      if (newest === 0n) {
        const history = await chat.listMessages({ token, direction: ListDirection.HISTORY, limit: 50 }, { signal: closed });
        history.messages.toReversed().forEach(show);
      }
      // The server answers when there is news, or after 25 seconds without; the deadline is for a connection that is gone.
      const wait = { token, direction: ListDirection.FUTURE, lastKnownMessageId: newest, timeout: { seconds: 25n } };
      const news = await chat.listMessages(wait, { timeoutMs: 35_000, signal: closed });
      news.messages.forEach(show);
    } catch (thrown) {
      if (!closed.aborted) {
        showFailure(failure, failureOf(thrown));
        await pause(3000);
      }
    }
  }
}

function lineOf(message: Message, user: string): HTMLElement {
  const text = withNames(message);
  if (message.systemMessage) {
    return create("p", { className: "system" }, text);
  }
  const name = message.actorDisplayName || "Guest";
  const isOwn = message.actorType === "users" && message.actorId === user;
  const head = create("p", { className: "author" }, create("b", {}, name));
  if (message.timestamp) {
    const date = timestampDate(message.timestamp);
    head.append(create("time", { dateTime: date.toISOString() }, date.toLocaleTimeString([], { timeStyle: "short" })));
  }
  return create("article", { className: isOwn ? "own" : "" }, avatar(name), create("div", { className: "bubble" }, head, create("p", { className: "text" }, text)));
}

/** The text with names in place of the placeholders for people, files, … */
function withNames({ text = "", messageParameters }: Message): string {
  return text.replace(/\{([^{}]+)\}/g, (placeholder, key: string) => messageParameters[key]?.name ?? placeholder);
}
