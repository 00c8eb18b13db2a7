"""Nextcloud Talk from Python: makes a room, writes and reads in it, meets a few failures, and cleans up."""

import base64
import os

import grpc
from google.rpc import error_details_pb2, status_pb2
from grpc_health.v1 import health_pb2, health_pb2_grpc
from talk.v1 import chat_pb2, chat_pb2_grpc, room_pb2, room_pb2_grpc


def failure_of(call, request, **options):
    """The failure of a call that must fail."""
    try:
        call(request, **options)
    except grpc.RpcError as failure:
        return failure
    raise AssertionError("The call succeeded")


def detail_of(failure, kind):
    """The google.rpc detail of one kind (a message class) that came with a failure; empty if there is none."""
    message = kind()
    trailers = dict(failure.trailing_metadata())
    status = status_pb2.Status.FromString(trailers.get("grpc-status-details-bin", b""))
    for detail in status.details:
        if detail.Is(kind.DESCRIPTOR):
            detail.Unpack(message)
    return message


def tell_story(rooms, chat, health, signed_in):
    request = room_pb2.CreateRoomRequest(type=room_pb2.ROOM_TYPE_GROUP, name="Hello from an example")
    room = rooms.CreateRoom(request, metadata=signed_in, timeout=10).room
    print(f'Created the room "{room.display_name}"')
    try:
        mine = rooms.ListRooms(room_pb2.ListRoomsRequest(), metadata=signed_in, timeout=10).rooms
        is_mine = any(one.token == room.token for one in mine)
        print(f"It is one of my rooms: {str(is_mine).lower()}")

        request = chat_pb2.SendMessageRequest(token=room.token, message="Hello, Talk!")
        sent = chat.SendMessage(request, metadata=signed_in, timeout=10).message
        print(f"Sent: {sent.text}")

        request = chat_pb2.ListMessagesRequest(token=room.token, direction=chat_pb2.LIST_DIRECTION_HISTORY)
        for message in chat.ListMessages(request, metadata=signed_in, timeout=10).messages:
            if not message.system_message:
                print(f"Read: {message.actor_display_name}: {message.text}")

        request = chat_pb2.SendMessageRequest(token=room.token, message="")
        refused = failure_of(chat.SendMessage, request, metadata=signed_in, timeout=10)
        info = detail_of(refused, error_details_pb2.ErrorInfo)
        for violation in detail_of(refused, error_details_pb2.BadRequest).field_violations:
            fault = f"field {violation.field}: {violation.description}"
            print(f"Refused: {refused.code().name}, reason {info.reason}, {fault}")

        request = room_pb2.GetRoomRequest(token="nosuchroom")
        missing = failure_of(rooms.GetRoom, request, metadata=signed_in, timeout=10)
        info = detail_of(missing, error_details_pb2.ErrorInfo)
        print(f"Not there: {missing.code().name}, reason {info.reason}, HTTP status {info.metadata['http_status']}")

        # Waits until somebody writes, 30 seconds at most, but its deadline ends it before.
        request = chat_pb2.ListMessagesRequest(
            token=room.token, direction=chat_pb2.LIST_DIRECTION_FUTURE, last_known_message_id=sent.id)
        waited = failure_of(chat.ListMessages, request, metadata=signed_in, timeout=0.3)
        print(f"Waited for news: {waited.code().name}")

        watch = health.Watch(health_pb2.HealthCheckRequest(service=""))
        status = next(watch).status
        watch.cancel()
        print(f"Health: {health_pb2.HealthCheckResponse.ServingStatus.Name(status)}")
    finally:
        rooms.DeleteRoom(room_pb2.DeleteRoomRequest(token=room.token), metadata=signed_in, timeout=10)
        print("Deleted the room")


def main():
    user, password = os.environ.get("TALK_USER", "alice"), os.environ.get("TALK_PASSWORD", "alice")
    basic = base64.b64encode(f"{user}:{password}".encode()).decode()
    signed_in = [("authorization", f"Basic {basic}")]

    # For a gateway behind TLS: grpc.secure_channel(address, grpc.ssl_channel_credentials())
    with grpc.insecure_channel(os.environ.get("TALK_ADDRESS", "localhost:8080")) as channel:
        tell_story(
            rooms=room_pb2_grpc.RoomServiceStub(channel),
            chat=chat_pb2_grpc.ChatServiceStub(channel),
            health=health_pb2_grpc.HealthStub(channel),
            signed_in=signed_in)


if __name__ == "__main__":
    main()
