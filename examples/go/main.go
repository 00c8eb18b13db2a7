// Creates a room, writes and reads in it, meets errors and a deadline, watches the gateway's health, and deletes the room.
package main

import (
	"context"
	"encoding/base64"
	"fmt"
	"log"
	"os"
	"time"

	talkv1 "github.com/talkgateway/talkgateway/gen/talk/v1"
	"google.golang.org/genproto/googleapis/rpc/code"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	healthv1 "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
)

// basicCredentials adds a user's name and app password to every call.
type basicCredentials struct{ user, password string }

func (c basicCredentials) GetRequestMetadata(context.Context, ...string) (map[string]string, error) {
	encoded := base64.StdEncoding.EncodeToString([]byte(c.user + ":" + c.password))
	return map[string]string{"authorization": "Basic " + encoded}, nil
}

// RequireTransportSecurity is false for this example only: over a network, use TLS.
func (c basicCredentials) RequireTransportSecurity() bool { return false }

func main() {
	if err := run(); err != nil {
		log.Fatal(err)
	}
}

func run() error {
	conn, err := grpc.Dial(setting("TALK_ADDRESS", "localhost:8080"),
		grpc.WithInsecure(),
		grpc.WithPerRPCCredentials(basicCredentials{setting("TALK_USER", "alice"), setting("TALK_PASSWORD", "alice")}))
	if err != nil {
		return err
	}
	defer conn.Close()
	rooms := talkv1.NewRoomServiceClient(conn)
	chat := talkv1.NewChatServiceClient(conn)
	health := healthv1.NewHealthClient(conn)

	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()

	created, err := rooms.CreateRoom(ctx, &talkv1.CreateRoomRequest{
		Type: talkv1.RoomType_ROOM_TYPE_GROUP,
		Name: proto.String("Hello from an example"),
	})
	if err != nil {
		return err
	}
	token := created.Room.Token
	fmt.Printf("Created the room %q\n", created.Room.GetDisplayName())

	mine, err := rooms.ListRooms(ctx, &talkv1.ListRoomsRequest{})
	if err != nil {
		return err
	}
	found := false
	for _, room := range mine.Rooms {
		found = found || room.Token == token
	}
	fmt.Println("It is one of my rooms:", found)

	sent, err := chat.SendMessage(ctx, &talkv1.SendMessageRequest{Token: token, Message: "Hello, Talk!"})
	if err != nil {
		return err
	}
	fmt.Println("Sent:", sent.Message.GetText())

	page, err := chat.ListMessages(ctx, &talkv1.ListMessagesRequest{
		Token:     token,
		Direction: talkv1.ListDirection_LIST_DIRECTION_HISTORY,
	})
	if err != nil {
		return err
	}
	for _, message := range page.Messages {
		if message.GetSystemMessage() == "" {
			fmt.Printf("Read: %s: %s\n", message.GetActorDisplayName(), message.GetText())
		}
	}

	_, err = chat.SendMessage(ctx, &talkv1.SendMessageRequest{Token: token})
	info, badRequest := details(err)
	for _, violation := range badRequest.GetFieldViolations() {
		fmt.Printf("Refused: %s, reason %s, field %s: %s\n", codeName(err), info.GetReason(), violation.Field, violation.Description)
	}

	_, err = rooms.GetRoom(ctx, &talkv1.GetRoomRequest{Token: "nosuchroom"})
	info, _ = details(err)
	fmt.Printf("Not there: %s, reason %s, HTTP status %s\n", codeName(err), info.GetReason(), info.GetMetadata()["http_status"])

	soon, cancelWait := context.WithTimeout(ctx, 300*time.Millisecond)
	defer cancelWait()
	_, err = chat.ListMessages(soon, &talkv1.ListMessagesRequest{
		Token:              token,
		Direction:          talkv1.ListDirection_LIST_DIRECTION_FUTURE,
		LastKnownMessageId: page.Messages[0].Id,
	})
	fmt.Println("Waited for news:", codeName(err))

	watching, stopWatching := context.WithCancel(ctx)
	defer stopWatching()
	watch, err := health.Watch(watching, &healthv1.HealthCheckRequest{})
	if err != nil {
		return err
	}
	state, err := watch.Recv()
	if err != nil {
		return err
	}
	fmt.Println("Health:", state.Status)
	stopWatching() // ends the stream

	if _, err := rooms.DeleteRoom(ctx, &talkv1.DeleteRoomRequest{Token: token}); err != nil {
		return err
	}
	fmt.Println("Deleted the room")
	return nil
}

// details picks what this program reads out of the details of an error; either may be nil.
func details(err error) (info *errdetails.ErrorInfo, badRequest *errdetails.BadRequest) {
	for _, detail := range status.Convert(err).Details() {
		switch detail := detail.(type) {
		case *errdetails.ErrorInfo:
			info = detail
		case *errdetails.BadRequest:
			badRequest = detail
		}
	}
	return info, badRequest
}

// codeName is the canonical name of an error's code, such as NOT_FOUND; codes.Code itself prints NotFound.
func codeName(err error) string {
	return code.Code(status.Code(err)).String()
}

func setting(name, fallback string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return fallback
}
