using TalkGateway.Rpc.Health.V1;
using TalkGateway.Talk.V1;

namespace HelloTalk;

/// <summary>The rpcs that this program calls; what Grpc.Tools would generate together with Grpc.Net.Client.</summary>
internal static class TalkMethods
{
    public static readonly GrpcMethod<CreateRoomRequest, CreateRoomResponse> CreateRoom = new("talk.v1.RoomService/CreateRoom");
    public static readonly GrpcMethod<ListRoomsRequest, ListRoomsResponse> ListRooms = new("talk.v1.RoomService/ListRooms");
    public static readonly GrpcMethod<GetRoomRequest, GetRoomResponse> GetRoom = new("talk.v1.RoomService/GetRoom");
    public static readonly GrpcMethod<DeleteRoomRequest, DeleteRoomResponse> DeleteRoom = new("talk.v1.RoomService/DeleteRoom");
    public static readonly GrpcMethod<ListMessagesRequest, ListMessagesResponse> ListMessages = new("talk.v1.ChatService/ListMessages");
    public static readonly GrpcMethod<SendMessageRequest, SendMessageResponse> SendMessage = new("talk.v1.ChatService/SendMessage");
    public static readonly GrpcMethod<HealthCheckRequest, HealthCheckResponse> WatchHealth = new("grpc.health.v1.Health/Watch");
}
