"""What the tests share: where the gateways are, one object per caller, and readable failures."""

import base64
import os
import urllib.parse

import grpc
from google.rpc import status_pb2
from talk.v1 import (
    call_pb2_grpc,
    capabilities_pb2_grpc,
    chat_pb2_grpc,
    guest_pb2_grpc,
    participant_pb2_grpc,
    room_pb2_grpc,
)

#: Addresses by the Talk version that the simulator behind them plays, such as "25": "127.0.0.1:40001".
GATEWAYS = {
    profile: urllib.parse.urlsplit(address).netloc
    for profile, address in (entry.split("=") for entry in os.environ.get("TALK_GATEWAYS", "").split())
}


class _Credentials(grpc.UnaryUnaryClientInterceptor):
    """Adds what identifies the caller, and a deadline of ten seconds to calls without one, so that no test hangs."""

    def __init__(self, caller, authorization):
        self._caller = caller
        self._authorization = authorization

    def intercept_unary_unary(self, continuation, client_call_details, request):
        details = _Details(client_call_details)
        details.timeout = 10 if details.timeout is None else details.timeout
        details.metadata = list(details.metadata or [])
        if self._authorization:
            details.metadata.append(("authorization", self._authorization))
        if self._caller.session:
            details.metadata.append(("talk-session", self._caller.session))
        return continuation(details, request)


class _Details(grpc.ClientCallDetails):
    def __init__(self, other):
        self.method = other.method
        self.timeout = other.timeout
        self.metadata = other.metadata
        self.credentials = other.credentials
        self.wait_for_ready = other.wait_for_ready
        self.compression = other.compression


class Caller:
    """A caller of the gateway: an account of the simulator, whose password is its name, or a guest (no user)."""

    def __init__(self, address, user=None, password=None, **options):
        authorization = None
        if user:
            basic = f"{user}:{password or user}".encode()
            authorization = "Basic " + base64.b64encode(basic).decode()
        self._channel = grpc.insecure_channel(address, **options)
        channel = grpc.intercept_channel(self._channel, _Credentials(self, authorization))
        #: What JoinRoom and JoinCall answered: from then on it goes with every call.
        self.session = ""
        self.rooms = room_pb2_grpc.RoomServiceStub(channel)
        self.participants = participant_pb2_grpc.ParticipantServiceStub(channel)
        self.calls = call_pb2_grpc.CallServiceStub(channel)
        self.chat = chat_pb2_grpc.ChatServiceStub(channel)
        self.guests = guest_pb2_grpc.GuestServiceStub(channel)
        self.capabilities = capabilities_pb2_grpc.CapabilitiesServiceStub(channel)

    def close(self):
        self._channel.close()


def details_of(failure, kind):
    """The google.rpc detail of one kind (a message class) that came with a failure, or None."""
    trailers = dict(failure.trailing_metadata())
    status = status_pb2.Status.FromString(trailers["grpc-status-details-bin"])
    for detail in status.details:
        if detail.Is(kind.DESCRIPTOR):
            message = kind()
            detail.Unpack(message)
            return message
    return None
