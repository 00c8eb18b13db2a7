import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import io.grpc.CallCredentials;
import io.grpc.Context;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.protobuf.StatusProto;
import io.talkgateway.talk.v1.ChatServiceGrpc;
import io.talkgateway.talk.v1.ChatServiceGrpc.ChatServiceBlockingStub;
import io.talkgateway.talk.v1.CreateRoomRequest;
import io.talkgateway.talk.v1.DeleteRoomRequest;
import io.talkgateway.talk.v1.GetRoomRequest;
import io.talkgateway.talk.v1.ListDirection;
import io.talkgateway.talk.v1.ListMessagesRequest;
import io.talkgateway.talk.v1.ListRoomsRequest;
import io.talkgateway.talk.v1.RoomServiceGrpc;
import io.talkgateway.talk.v1.RoomServiceGrpc.RoomServiceBlockingStub;
import io.talkgateway.talk.v1.RoomType;
import io.talkgateway.talk.v1.SendMessageRequest;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/** Creates a room, writes and reads in it, meets errors and a deadline, watches the gateway's health, and deletes the room. */
public final class HelloTalk {
  /** Adds a user's name and app password to every call. */
  private static final class BasicCredentials extends CallCredentials {
    private static final Metadata.Key<String> AUTHORIZATION = Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

    private final Metadata headers = new Metadata();

    BasicCredentials(String user, String password) {
      byte[] basic = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
      headers.put(AUTHORIZATION, "Basic " + Base64.getEncoder().encodeToString(basic));
    }

    @Override
    public void applyRequestMetadata(RequestInfo request, Executor executor, MetadataApplier applier) {
      applier.apply(headers);
    }

    @Override
    public void thisUsesUnstableApi() {}
  }

  public static void main(String[] args) throws InterruptedException {
    String address = setting("TALK_ADDRESS", "localhost:8080");
    ManagedChannel channel = Grpc.newChannelBuilder(address, InsecureChannelCredentials.create()).build();
    try {
      tellStory(channel, new BasicCredentials(setting("TALK_USER", "alice"), setting("TALK_PASSWORD", "alice")));
    } finally {
      channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
    }
  }

  private static void tellStory(ManagedChannel channel, CallCredentials credentials) {
    RoomServiceBlockingStub rooms =
        RoomServiceGrpc.newBlockingStub(channel).withCallCredentials(credentials).withDeadlineAfter(30, TimeUnit.SECONDS);
    ChatServiceBlockingStub chat =
        ChatServiceGrpc.newBlockingStub(channel).withCallCredentials(credentials).withDeadlineAfter(30, TimeUnit.SECONDS);

    var newRoom = CreateRoomRequest.newBuilder().setType(RoomType.ROOM_TYPE_GROUP).setName("Hello from an example").build();
    var created = rooms.createRoom(newRoom).getRoom();
    String token = created.getToken();
    System.out.printf("Created the room \"%s\"%n", created.getDisplayName());

    var mine = rooms.listRooms(ListRoomsRequest.getDefaultInstance());
    boolean found = mine.getRoomsList().stream().anyMatch(room -> room.getToken().equals(token));
    System.out.println("It is one of my rooms: " + found);

    var sent = chat.sendMessage(SendMessageRequest.newBuilder().setToken(token).setMessage("Hello, Talk!").build());
    System.out.println("Sent: " + sent.getMessage().getText());

    var history = ListMessagesRequest.newBuilder().setToken(token).setDirection(ListDirection.LIST_DIRECTION_HISTORY);
    var page = chat.listMessages(history.build());
    for (var message : page.getMessagesList()) {
      if (message.getSystemMessage().isEmpty()) {
        System.out.println("Read: " + message.getActorDisplayName() + ": " + message.getText());
      }
    }

    try {
      chat.sendMessage(SendMessageRequest.newBuilder().setToken(token).build());
    } catch (StatusRuntimeException error) {
      var violation = detail(error, BadRequest.class).getFieldViolations(0);
      System.out.printf("Refused: %s, reason %s, field %s: %s%n", error.getStatus().getCode(),
          detail(error, ErrorInfo.class).getReason(), violation.getField(), violation.getDescription());
    }

    try {
      rooms.getRoom(GetRoomRequest.newBuilder().setToken("nosuchroom").build());
    } catch (StatusRuntimeException error) {
      var info = detail(error, ErrorInfo.class);
      System.out.printf("Not there: %s, reason %s, HTTP status %s%n", error.getStatus().getCode(),
          info.getReason(), info.getMetadataOrThrow("http_status"));
    }

    var news = ListMessagesRequest.newBuilder().setToken(token).setDirection(ListDirection.LIST_DIRECTION_FUTURE)
        .setLastKnownMessageId(page.getMessages(0).getId());
    try {
      chat.withDeadlineAfter(300, TimeUnit.MILLISECONDS).listMessages(news.build());
    } catch (StatusRuntimeException error) {
      System.out.println("Waited for news: " + error.getStatus().getCode());
    }

    try (Context.CancellableContext watching = Context.current().withCancellation()) { // closing it ends the stream
      watching.run(() -> {
        var states = HealthGrpc.newBlockingStub(channel).watch(HealthCheckRequest.getDefaultInstance());
        System.out.println("Health: " + states.next().getStatus());
      });
    }

    rooms.deleteRoom(DeleteRoomRequest.newBuilder().setToken(token).build());
    System.out.println("Deleted the room");
  }

  /** The detail of one type that came with an error. */
  private static <T extends Message> T detail(StatusRuntimeException error, Class<T> type) {
    try {
      for (Any any : StatusProto.fromThrowable(error).getDetailsList()) {
        if (any.is(type)) {
          return any.unpack(type);
        }
      }
    } catch (InvalidProtocolBufferException broken) {
      error.addSuppressed(broken);
    }
    throw error;
  }

  private static String setting(String name, String fallback) {
    return System.getenv().getOrDefault(name, fallback);
  }
}
