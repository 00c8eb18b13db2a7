using Google.Protobuf;
using Google.Rpc;
using TalkGateway.EndToEnd.Tests.Fixtures;
using TalkGateway.Talk.V1;
using Xunit;

namespace TalkGateway.EndToEnd.Tests.Story;

/// <summary>A file of addresses: what is wrong with it is told, and what is right is invited.</summary>
public sealed class ImportEmailsTests(Gateways gateways) : IClassFixture<Gateways>
{
    private static readonly ByteString File = ByteString.CopyFromUtf8("name,email\nDora,dora@example.com\nElsa,broken\n");

    [Fact]
    public async Task Lines_that_are_not_valid_are_left_out_and_named()
    {
        var alice = (await gateways.InFrontOfAsync("25")).As("alice");
        var token = await RoomAsync(alice);

        var answer = await alice.AskAsync<ImportEmailsResponse>(new ImportEmailsRequest { Token = token, File = File });

        Assert.Equal((1, 0, 1), (answer.Invites, answer.Duplicates, answer.Invalid));
        Assert.Equal([3], answer.InvalidLines);
    }

    [Fact]
    public async Task A_test_run_that_fails_tells_the_same_in_its_details()
    {
        var alice = (await gateways.InFrontOfAsync("25")).As("alice");
        var token = await RoomAsync(alice);

        var failure = await alice.FailAsync(new ImportEmailsRequest { Token = token, File = File, TestRun = true });

        Assert.Equal((Code.InvalidArgument, "INVALID_LINES"), (failure.Code, failure.Reason));
        Assert.Equal(("1", "1", "3"), (failure.Info.Metadata["invites"], failure.Info.Metadata["invalid"], failure.Info.Metadata["invalid_lines"]));
        Assert.Equal(["file"], failure.Fields);
    }

    private static async Task<string> RoomAsync(Caller alice) =>
        (await alice.AskAsync<CreateRoomResponse>(new CreateRoomRequest { Type = RoomType.Public, Name = "Import" })).Room.Token;
}
