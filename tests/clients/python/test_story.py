"""One story on servers of three generations: what a client does does not depend on the server's version."""

import unittest

import grpc
from gateway import GATEWAYS, Caller
from talk.v1 import call_pb2, chat_pb2, guest_pb2, participant_pb2, room_pb2


class Story:
    """A room lives from its creation to its end. Run by one test case per server, see below."""

    profile = ""
    has_guest_names = True

    def setUp(self):
        address = GATEWAYS[self.profile]
        self.alice, self.bob, self.guest = Caller(address, "alice"), Caller(address, "bob"), Caller(address)
        for caller in (self.alice, self.bob, self.guest):
            self.addCleanup(caller.close)
        request = room_pb2.CreateRoomRequest(type=room_pb2.ROOM_TYPE_PUBLIC, name="Harbour tour")
        self.token = self.alice.rooms.CreateRoom(request).room.token
        self.addCleanup(self.delete_room)

    def delete_room(self):
        self.alice.session = ""
        self.alice.rooms.DeleteRoom(room_pb2.DeleteRoomRequest(token=self.token))

    def invite_bob(self):
        self.alice.participants.AddParticipant(
            participant_pb2.AddParticipantRequest(token=self.token, new_participant="bob"))

    def join(self, caller, password=""):
        caller.session = caller.participants.JoinRoom(
            participant_pb2.JoinRoomRequest(token=self.token, password=password)).session_token

    def send(self, caller, text):
        return caller.chat.SendMessage(chat_pb2.SendMessageRequest(token=self.token, message=text)).message

    def history(self, caller):
        """Newest first, without the server's own messages."""
        request = chat_pb2.ListMessagesRequest(token=self.token, direction=chat_pb2.LIST_DIRECTION_HISTORY)
        return [message for message in caller.chat.ListMessages(request).messages if not message.system_message]

    def test_a_created_room_is_in_the_list(self):
        rooms = self.alice.rooms.ListRooms(room_pb2.ListRoomsRequest()).rooms
        room = next(room for room in rooms if room.token == self.token)
        self.assertEqual(room_pb2.ROOM_TYPE_PUBLIC, room.type)
        self.assertEqual("Harbour tour", room.display_name)
        self.assertTrue(room.HasField("name"))

    def test_an_invited_user_finds_the_room_and_reads_what_was_written(self):
        self.invite_bob()
        self.join(self.alice)
        sent = self.send(self.alice, "We meet at nine 🗼")
        self.assertEqual("alice", sent.actor_id)
        self.join(self.bob)
        self.send(self.bob, "Fine")
        self.assertEqual(["Fine", "We meet at nine 🗼"], [message.text for message in self.history(self.bob)])

    def test_a_guest_joins_with_the_password_takes_a_name_and_writes(self):
        self.alice.rooms.SetRoomPassword(
            room_pb2.SetRoomPasswordRequest(token=self.token, password="Gr33n-Lantern!"))
        with self.assertRaises(grpc.RpcError) as refused:
            self.join(self.guest, "wrong")
        self.assertEqual(grpc.StatusCode.PERMISSION_DENIED, refused.exception.code())

        self.join(self.guest, "Gr33n-Lantern!")
        if self.has_guest_names:
            self.guest.guests.SetDisplayName(
                guest_pb2.SetDisplayNameRequest(token=self.token, display_name="Gulliver"))
        self.send(self.guest, "Ahoy")
        self.join(self.alice)
        ahoy = self.history(self.alice)[0]
        name = "Gulliver" if self.has_guest_names else ""
        self.assertEqual(("guests", name, "Ahoy"), (ahoy.actor_type, ahoy.actor_display_name, ahoy.text))

    def test_who_joins_a_call_is_seen_by_others_until_they_leave(self):
        self.invite_bob()
        flags = call_pb2.CALL_FLAG_IN_CALL | call_pb2.CALL_FLAG_WITH_AUDIO
        answer = self.alice.calls.JoinCall(call_pb2.JoinCallRequest(token=self.token, flags=flags))
        self.alice.session = answer.session_token
        peers = self.bob.calls.ListCallPeers(call_pb2.ListCallPeersRequest(token=self.token)).peers
        self.assertEqual(["alice"], [peer.actor_id for peer in peers])
        self.alice.calls.LeaveCall(call_pb2.LeaveCallRequest(token=self.token))
        self.assertFalse(self.bob.calls.ListCallPeers(call_pb2.ListCallPeersRequest(token=self.token)).peers)

    def test_a_removed_participant_no_longer_sees_the_room(self):
        self.invite_bob()
        request = participant_pb2.ListParticipantsRequest(token=self.token)
        members = self.alice.participants.ListParticipants(request).participants
        bob = next(member for member in members if member.actor_id == "bob")
        self.alice.participants.RemoveParticipant(participant_pb2.RemoveParticipantRequest(
            token=self.token, attendee=participant_pb2.AttendeeRef(attendee_id=bob.attendee_id)))
        rooms = self.bob.rooms.ListRooms(room_pb2.ListRoomsRequest()).rooms
        self.assertNotIn(self.token, [room.token for room in rooms])


class StoryOnTalk25(Story, unittest.TestCase):
    profile = "25"


class StoryOnTalk5(Story, unittest.TestCase):
    profile = "5"


class StoryOnTalk3(Story, unittest.TestCase):
    profile = "3.0"
    has_guest_names = False
