// Creates a room, writes and reads in it, meets errors and a deadline, watches the gateway's health, and deletes the room.
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>

#include <absl/strings/escaping.h>
#include <grpcpp/grpcpp.h>

#include "google/rpc/code.pb.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "talk/v1/chat.grpc.pb.h"
#include "talk/v1/room.grpc.pb.h"

using namespace std::chrono_literals;
using namespace talk::v1;
using grpc::ClientContext;

std::string setting(const char* name, const char* fallback) {
  const char* value = std::getenv(name);
  return value ? value : fallback;
}

std::string basic_credentials(const std::string& user, const std::string& password) {
  return "Basic " + absl::Base64Escape(user + ":" + password);
}

const std::string authorization = basic_credentials(setting("TALK_USER", "alice"), setting("TALK_PASSWORD", "alice"));

// A context belongs to one call: it carries the credentials and the deadline.
std::unique_ptr<ClientContext> new_call(std::chrono::milliseconds time = 10s) {
  auto context = std::make_unique<ClientContext>();
  context->AddMetadata("authorization", authorization);
  context->set_deadline(std::chrono::system_clock::now() + time);
  return context;
}

std::string name_of(grpc::StatusCode code) {
  return google::rpc::Code_Name(static_cast<google::rpc::Code>(code));
}

void check(const grpc::Status& status) {
  if (!status.ok()) {
    throw std::runtime_error(name_of(status.error_code()) + ": " + status.error_message());
  }
}

// The detail of one type that came with an error; empty if there is none.
template <typename Detail>
Detail detail_of(const grpc::Status& error) {
  google::rpc::Status status;
  status.ParseFromString(error.error_details());
  Detail detail;
  for (const auto& any : status.details()) {
    if (any.UnpackTo(&detail)) {
      break;
    }
  }
  return detail;
}

void tell_story(const std::shared_ptr<grpc::Channel>& channel) {
  const auto rooms = RoomService::NewStub(channel);
  const auto chat = ChatService::NewStub(channel);
  const auto health = grpc::health::v1::Health::NewStub(channel);

  CreateRoomRequest new_room;
  new_room.set_type(ROOM_TYPE_GROUP);
  new_room.set_name("Hello from an example");
  CreateRoomResponse created;
  check(rooms->CreateRoom(new_call().get(), new_room, &created));
  const std::string token = created.room().token();
  std::cout << "Created the room \"" << created.room().display_name() << "\"\n";

  ListRoomsResponse mine;
  check(rooms->ListRooms(new_call().get(), ListRoomsRequest(), &mine));
  bool found = false;
  for (const Room& room : mine.rooms()) {
    found = found || room.token() == token;
  }
  std::cout << "It is one of my rooms: " << std::boolalpha << found << "\n";

  SendMessageRequest message;
  message.set_token(token);
  message.set_message("Hello, Talk!");
  SendMessageResponse sent;
  check(chat->SendMessage(new_call().get(), message, &sent));
  std::cout << "Sent: " << sent.message().text() << "\n";

  ListMessagesRequest history;
  history.set_token(token);
  history.set_direction(LIST_DIRECTION_HISTORY);
  ListMessagesResponse page;
  check(chat->ListMessages(new_call().get(), history, &page));
  for (const Message& entry : page.messages()) {
    if (entry.system_message().empty()) {
      std::cout << "Read: " << entry.actor_display_name() << ": " << entry.text() << "\n";
    }
  }

  message.clear_message();
  const grpc::Status refused = chat->SendMessage(new_call().get(), message, &sent);
  const auto violation = detail_of<google::rpc::BadRequest>(refused).field_violations(0);
  std::cout << "Refused: " << name_of(refused.error_code()) << ", reason " << detail_of<google::rpc::ErrorInfo>(refused).reason()
            << ", field " << violation.field() << ": " << violation.description() << "\n";

  GetRoomRequest unknown;
  unknown.set_token("nosuchroom");
  GetRoomResponse nothing;
  const grpc::Status missing = rooms->GetRoom(new_call().get(), unknown, &nothing);
  const auto info = detail_of<google::rpc::ErrorInfo>(missing);
  std::cout << "Not there: " << name_of(missing.error_code()) << ", reason " << info.reason() << ", HTTP status "
            << info.metadata().at("http_status") << "\n";

  ListMessagesRequest news;
  news.set_token(token);
  news.set_direction(LIST_DIRECTION_FUTURE);
  news.set_last_known_message_id(page.messages(0).id());
  const grpc::Status waited = chat->ListMessages(new_call(300ms).get(), news, &page);
  std::cout << "Waited for news: " << name_of(waited.error_code()) << "\n";

  const auto watching = new_call();
  const auto watch = health->Watch(watching.get(), grpc::health::v1::HealthCheckRequest());
  grpc::health::v1::HealthCheckResponse state;
  if (watch->Read(&state)) {
    std::cout << "Health: " << grpc::health::v1::HealthCheckResponse::ServingStatus_Name(state.status()) << "\n";
  }
  watching->TryCancel();
  watch->Finish(); // CANCELLED, as asked for

  DeleteRoomRequest old_room;
  old_room.set_token(token);
  DeleteRoomResponse deleted;
  check(rooms->DeleteRoom(new_call().get(), old_room, &deleted));
  std::cout << "Deleted the room\n";
}

int main() {
  try {
    const auto channel = grpc::CreateChannel(setting("TALK_ADDRESS", "localhost:8080"), grpc::InsecureChannelCredentials());
    tell_story(channel);
  } catch (const std::exception& error) {
    std::cerr << error.what() << "\n";
    return 1;
  }
}
