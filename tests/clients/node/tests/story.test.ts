// One story on servers of three generations: what a client does does not depend on the server's version.
import assert from "node:assert/strict";
import { test } from "node:test";
import { status } from "@grpc/grpc-js";
import { CallFlag, JoinCallRequest, LeaveCallRequest, ListCallPeersRequest } from "../generated/talk/v1/call.js";
import { GetCapabilitiesRequest } from "../generated/talk/v1/capabilities.js";
import { ListDirection, ListMessagesRequest, SendMessageRequest } from "../generated/talk/v1/chat.js";
import { SetDisplayNameRequest } from "../generated/talk/v1/guest.js";
import {
  AddParticipantRequest, AttendeeRef, JoinRoomRequest, LeaveRoomRequest, ListParticipantsRequest, RemoveParticipantRequest,
} from "../generated/talk/v1/participant.js";
import {
  CreateRoomRequest, DeleteRoomRequest, GetRoomRequest, ListRoomsRequest, RenameRoomRequest, RoomType, SetRoomPasswordRequest,
} from "../generated/talk/v1/room.js";
import { Caller, failureOf, gateways } from "./gateway.js";

/** Whether the caller's server can do what an rpc asks for. */
async function supports(caller: Caller, rpc: string): Promise<boolean> {
  const { rpcs } = await caller.ask(caller.capabilities, caller.capabilities.getCapabilities, GetCapabilitiesRequest.fromPartial({}));
  const support = rpcs.find(one => one.rpc === rpc);
  assert.ok(support, `${rpc} is not in ${rpcs.map(one => one.rpc)}`);
  return support.supported;
}

/** Newest first. */
async function textsIn(token: string, reader: Caller): Promise<string[]> {
  const { messages } = await reader.ask(reader.chat, reader.chat.listMessages,
    ListMessagesRequest.fromPartial({ token, direction: ListDirection.LIST_DIRECTION_HISTORY }));
  return messages.filter(message => !message.systemMessage).map(message => message.text ?? "");
}

for (const [profile, address] of gateways) {
  test(`A room lives from its creation to its end on Talk ${profile}`, async t => {
    const [alice, bob, guest] = [new Caller(address, "alice"), new Caller(address, "bob"), new Caller(address)];
    t.after(() => [alice, bob, guest].forEach(caller => caller.close()));
    let token = "";

    await t.test("alice creates a public room", async () => {
      const { room } = await alice.ask(alice.rooms, alice.rooms.createRoom,
        CreateRoomRequest.fromPartial({ type: RoomType.ROOM_TYPE_PUBLIC, name: "Harbour tour" }));
      assert.equal(room?.type, RoomType.ROOM_TYPE_PUBLIC);
      assert.match(room.token, /^[a-z0-9]{4,30}$/);
      token = room.token;
    });

    await t.test("she renames it and finds the new name in her list", async () => {
      await alice.ask(alice.rooms, alice.rooms.renameRoom, RenameRoomRequest.fromPartial({ token, name: "Lighthouse tour" }));
      const { rooms } = await alice.ask(alice.rooms, alice.rooms.listRooms, ListRoomsRequest.fromPartial({}));
      assert.equal(rooms.find(room => room.token === token)?.displayName, "Lighthouse tour");
    });

    await t.test("she invites bob, who finds the room", async () => {
      await alice.ask(alice.participants, alice.participants.addParticipant,
        AddParticipantRequest.fromPartial({ token, newParticipant: "bob" }));
      const { room } = await bob.ask(bob.rooms, bob.rooms.getRoom, GetRoomRequest.fromPartial({ token }));
      assert.equal(room?.displayName, "Lighthouse tour");
      const { participants } = await alice.ask(alice.participants, alice.participants.listParticipants,
        ListParticipantsRequest.fromPartial({ token }));
      assert.deepEqual(participants.map(one => `${one.actorType} ${one.actorId}`).sort(), ["users alice", "users bob"]);
    });

    await t.test("both write and read", async () => {
      for (const [writer, text] of [[alice, "We meet at nine 🗼"], [bob, "Fine"]] as const) {
        await writer.ask(writer.participants, writer.participants.joinRoom, JoinRoomRequest.fromPartial({ token }))
          .then(({ sessionToken }) => { writer.session = sessionToken; });
        const { message } = await writer.ask(writer.chat, writer.chat.sendMessage,
          SendMessageRequest.fromPartial({ token, message: text }));
        assert.equal(message?.text, text);
      }
      assert.deepEqual(await textsIn(token, alice), ["Fine", "We meet at nine 🗼"]);
      assert.deepEqual(await textsIn(token, bob), ["Fine", "We meet at nine 🗼"]);
    });

    await t.test("a guest needs the password, takes a name and writes", async () => {
      await alice.ask(alice.rooms, alice.rooms.setRoomPassword, SetRoomPasswordRequest.fromPartial({ token, password: "Gr33n-Lantern!" }));
      const join = (password: string) => guest.ask(guest.participants, guest.participants.joinRoom,
        JoinRoomRequest.fromPartial({ token, password }));
      assert.equal((await failureOf(join("wrong"))).code, status.PERMISSION_DENIED);

      guest.session = (await join("Gr33n-Lantern!")).sessionToken;
      assert.notEqual(guest.session, "");
      const hasNames = await supports(alice, "talk.v1.GuestService/SetDisplayName");
      assert.equal(hasNames, profile !== "3.0");
      if (hasNames) {
        await guest.ask(guest.guests, guest.guests.setDisplayName, SetDisplayNameRequest.fromPartial({ token, displayName: "Gulliver" }));
      }
      await guest.ask(guest.chat, guest.chat.sendMessage, SendMessageRequest.fromPartial({ token, message: "Ahoy" }));

      const { messages } = await alice.ask(alice.chat, alice.chat.listMessages,
        ListMessagesRequest.fromPartial({ token, direction: ListDirection.LIST_DIRECTION_HISTORY }));
      const ahoy = messages.find(message => message.text === "Ahoy");
      assert.equal(ahoy?.actorType, "guests");
      assert.equal(ahoy.actorDisplayName ?? "", hasNames ? "Gulliver" : "");
    });

    await t.test("alice calls, bob sees her in the call, she hangs up", async () => {
      const flags = CallFlag.CALL_FLAG_IN_CALL | CallFlag.CALL_FLAG_WITH_AUDIO;
      await alice.ask(alice.calls, alice.calls.joinCall, JoinCallRequest.fromPartial({ token, flags }));
      const peers = () => bob.ask(bob.calls, bob.calls.listCallPeers, ListCallPeersRequest.fromPartial({ token }))
        .then(answer => answer.peers.map(peer => peer.actorId));
      assert.deepEqual(await peers(), ["alice"]);
      await alice.ask(alice.calls, alice.calls.leaveCall, LeaveCallRequest.fromPartial({ token }));
      assert.deepEqual(await peers(), []);
    });

    await t.test("bob leaves, alice removes him, and the room is gone for him", async () => {
      await bob.ask(bob.participants, bob.participants.leaveRoom, LeaveRoomRequest.fromPartial({ token }));
      bob.session = "";
      const attendee = AttendeeRef.fromPartial({ actor: { type: "users", id: "bob" } });
      await alice.ask(alice.participants, alice.participants.removeParticipant, RemoveParticipantRequest.fromPartial({ token, attendee }));
      const { rooms } = await bob.ask(bob.rooms, bob.rooms.listRooms, ListRoomsRequest.fromPartial({}));
      assert.equal(rooms.some(room => room.token === token), false);
    });

    await t.test("alice deletes the room, and it is gone", async () => {
      await alice.ask(alice.rooms, alice.rooms.deleteRoom, DeleteRoomRequest.fromPartial({ token }));
      alice.session = "";
      const failure = await failureOf(alice.ask(alice.rooms, alice.rooms.getRoom, GetRoomRequest.fromPartial({ token })));
      assert.equal(failure.code, status.NOT_FOUND);
    });
  });
}
