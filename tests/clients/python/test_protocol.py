"""What grpcio makes of the gateway's answers apart from their content: failures, deadlines, compression."""

import unittest

import grpc
from gateway import GATEWAYS, Caller, details_of
from google.protobuf import duration_pb2
from google.rpc import error_details_pb2
from talk.v1 import capabilities_pb2, chat_pb2, room_pb2


class ProtocolTest(unittest.TestCase):
    def caller(self, profile, user, password=None, **options):
        caller = Caller(GATEWAYS[profile], user, password, **options)
        self.addCleanup(caller.close)
        return caller

    def create_room(self, owner, name="Protocol"):
        request = room_pb2.CreateRoomRequest(type=room_pb2.ROOM_TYPE_GROUP, name=name)
        room = owner.rooms.CreateRoom(request).room
        self.addCleanup(owner.rooms.DeleteRoom, room_pb2.DeleteRoomRequest(token=room.token))
        return room

    def assert_fails(self, code, call, request, **options):
        with self.assertRaises(grpc.RpcError) as failed:
            call(request, **options)
        self.assertEqual(code, failed.exception.code(), failed.exception.details())
        return failed.exception

    def test_a_wrong_password_is_unauthenticated(self):
        stranger = self.caller("25", "carol", "not carol's password")
        self.assert_fails(grpc.StatusCode.UNAUTHENTICATED, stranger.rooms.ListRooms, room_pb2.ListRoomsRequest())

    def test_a_malformed_token_is_an_invalid_argument_that_names_the_field(self):
        alice = self.caller("25", "alice")
        failure = self.assert_fails(
            grpc.StatusCode.INVALID_ARGUMENT, alice.rooms.GetRoom, room_pb2.GetRoomRequest(token="../../x"))
        violations = details_of(failure, error_details_pb2.BadRequest).field_violations
        self.assertEqual(["token"], [violation.field for violation in violations])

    def test_what_the_server_cannot_do_is_unimplemented_and_names_what_it_lacks(self):
        alice = self.caller("3.0", "alice")
        request = room_pb2.SetRoomDescriptionRequest(token=self.create_room(alice).token, description="Never there")
        failure = self.assert_fails(grpc.StatusCode.UNIMPLEMENTED, alice.rooms.SetRoomDescription, request)
        info = details_of(failure, error_details_pb2.ErrorInfo)
        self.assertEqual("NOT_SUPPORTED_BY_SERVER", info.reason)
        self.assertEqual("room-description", info.metadata["missing"])

    def test_capabilities_tell_what_the_gateway_decided(self):
        for profile, version in (("25", 4), ("3.0", 1)):
            answer = self.caller(profile, "alice").capabilities.GetCapabilities(capabilities_pb2.GetCapabilitiesRequest())
            self.assertEqual(version, answer.api_versions["conversation"], profile)

    def test_a_waiting_call_ends_with_its_deadline(self):
        alice = self.caller("25", "alice")
        request = chat_pb2.ListMessagesRequest(
            token=self.create_room(alice).token,
            direction=chat_pb2.LIST_DIRECTION_FUTURE,
            last_known_message_id=2_000_000_000,
            timeout=duration_pb2.Duration(seconds=30))
        self.assert_fails(grpc.StatusCode.DEADLINE_EXCEEDED, alice.chat.ListMessages, request, timeout=0.5)

    def test_a_client_that_compresses_is_understood(self):
        alice = self.caller("25", "alice", compression=grpc.Compression.Gzip)
        name = "Long name " * 20 + "!"
        self.assertEqual(name, self.create_room(alice, name).display_name)
