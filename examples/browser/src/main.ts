// The page: signing in, the list of rooms, the gateway's health, and the calls that it takes.
import "./style.css";
import { openRoom } from "./conversation";
import { avatar, byId, create, pause, showFailure } from "./dom";
import { tellStory } from "./story";
import { type Account, type CallReport, type Talk, connectTo, failureOf } from "./talk";
import { HealthCheckResponse_ServingStatus } from "../gen/grpc/health/v1/health_pb";
import { type Room, RoomType } from "../gen/talk/v1/room_pb";

let room = new AbortController();

byId<HTMLFormElement>("sign-in").onsubmit = async event => {
  event.preventDefault();
  const fields = new FormData(event.target as HTMLFormElement);
  const account = Object.fromEntries(fields) as unknown as Account;
  const place = byId("sign-in-failure");
  showFailure(place, null);
  try {
    const talk = connectTo(account, logCall);
    const { rooms } = await talk.rooms.listRooms({});
    enter(talk, account, rooms);
  } catch (thrown) {
    showFailure(place, failureOf(thrown));
  }
};

function enter(talk: Talk, account: Account, rooms: Room[]): void {
  byId("welcome").hidden = true;
  byId("app").hidden = false;
  byId("account").replaceChildren(avatar(account.user), account.user);
  byId("protocol").textContent = account.protocol;
  void watchHealth(talk);

  const open = (chosen: Room) => {
    room.abort();
    room = new AbortController();
    byId("rooms").querySelectorAll("button").forEach(button => {
      button.ariaCurrent = String(button.dataset.token === chosen.token);
    });
    void openRoom(talk, chosen, account.user, room.signal);
  };
  showRooms(rooms, open);
  byId<HTMLFormElement>("new-room").onsubmit = async event => {
    event.preventDefault();
    const name = byId<HTMLInputElement>("new-room-name");
    const place = byId("rooms-failure");
    showFailure(place, null);
    try {
      const created = await talk.rooms.createRoom({ type: RoomType.GROUP, name: name.value });
      const listed = await talk.rooms.listRooms({});
      name.value = "";
      showRooms(listed.rooms, open);
      if (created.room) {
        open(created.room);
      }
    } catch (thrown) {
      showFailure(place, failureOf(thrown));
    }
  };
  byId("tell-story").onclick = () => {
    const lines = byId("story");
    lines.hidden = false;
    lines.replaceChildren();
    const print = (line: string) => lines.append(create("p", {}, line));
    tellStory(talk, print).catch(thrown => print(`The story ended early: ${failureOf(thrown).message}`));
  };
  // Ends all calls, and forgets the password, which was nowhere but in memory.
  byId("sign-out").onclick = () => location.reload();
}

function showRooms(rooms: Room[], open: (room: Room) => void): void {
  const seconds = ({ lastActivity }: Room) => Number(lastActivity?.seconds ?? 0n);
  byId("rooms").replaceChildren(...rooms.toSorted((a, b) => seconds(b) - seconds(a)).map(room => {
    const name = room.displayName || room.token;
    const button = create("button", { type: "button", onclick: () => open(room) }, avatar(name), create("span", {}, name));
    button.dataset.token = room.token;
    if (room.unreadMessages) {
      button.append(create("span", { className: "unread", ariaLabel: `${room.unreadMessages} unread` }, `${room.unreadMessages}`));
    }
    return create("li", {}, button);
  }));
}

async function watchHealth({ health }: Talk): Promise<void> {
  const pill = byId("health");
  const show = (state: string) => {
    pill.textContent = state;
    pill.dataset.state = state;
  };
  for (;;) {
    try {
      // A stream that is to stay open has no deadline.
      for await (const { status } of health.watch({ service: "" }, { timeoutMs: 0 })) {
        show(HealthCheckResponse_ServingStatus[status]);
      }
      show("UNKNOWN"); // the gateway ended the stream, as it does when it stops
    } catch (thrown) {
      show(failureOf(thrown).code);
    }
    await pause(3000);
  }
}

function logCall({ rpc, outcome, milliseconds }: CallReport): void {
  const row = create("li", {}, create("span", { className: "rpc" }, rpc), create("span", { className: "outcome" }, outcome),
    create("span", { className: "time" }, `${milliseconds} ms`));
  row.dataset.outcome = outcome;
  byId("calls").prepend(row);
}
