using System.Buffers;
using Google.Protobuf;
using Sample.V1;
using Xunit;

namespace TalkGateway.Transcoding.Tests;

public class CompletionTests
{
    private static CompletionPlan Describe => World.Plan("Describe").Completion!;

    private static CompletionPlan Open => World.Plan("Open").Completion!;

    [Fact]
    public void An_rpc_that_names_nobody_is_not_completed() => Assert.Null(World.Plan("Rename").Completion);

    [Fact]
    public void The_rpc_that_is_named_completes() => Assert.Same(World.Plan("Get"), Describe.Rpc);

    [Fact]
    public void An_answer_lacks_a_field_that_is_not_set()
    {
        Assert.False(Describe.IsComplete(new DescribeResponse().ToByteArray()));
        Assert.False(Describe.IsComplete(new DescribeResponse { Etag = "e" }.ToByteArray()));
        Assert.True(Describe.IsComplete(new DescribeResponse { Etag = "e", Item = new Item() }.ToByteArray()));
    }

    [Fact]
    public void An_answer_lacks_a_member_of_a_message_with_or_without_the_message()
    {
        Assert.False(Open.IsComplete(new OpenResponse().ToByteArray()));
        Assert.False(Open.IsComplete(new OpenResponse { Item = new Item { Id = "a", Parent = new Item { Name = "n" } } }.ToByteArray()));
        Assert.True(Open.IsComplete(new OpenResponse { Item = new Item { Id = "a", Name = "" } }.ToByteArray()));
    }

    [Fact]
    public void The_other_rpc_is_asked_with_the_fields_of_the_same_name_and_type()
    {
        Assert.Equal(
            new GetRequest { Id = "a", Part = 3 },
            RequestOf(Describe, new DescribeRequest { Id = "a", Part = 3, Text = "t" }));
        Assert.Equal(new GetRequest { Id = "a" }, RequestOf(Open, new OpenRequest { Id = "a", Part = "t" }));
    }

    [Fact]
    public void What_the_answer_says_itself_wins_over_what_the_other_rpc_tells()
    {
        var told = new GetResponse { Item = new Item { Id = "told", Name = "n", Session = "told" } };
        var target = new ArrayBufferWriter<byte>();
        Open.WriteField(told.ToByteArray(), target);
        target.Write(new OpenResponse { Item = new Item { Session = "own" } }.ToByteArray());

        Assert.Equal(new Item { Id = "told", Name = "n", Session = "own" }, OpenResponse.Parser.ParseFrom(target.WrittenSpan).Item);
    }

    [Fact]
    public void The_field_has_the_number_of_the_answer_that_it_completes()
    {
        var target = new ArrayBufferWriter<byte>();
        Describe.WriteField(new GetResponse { Item = new Item { Id = "a" } }.ToByteArray(), target);

        Assert.Equal(new DescribeResponse { Item = new Item { Id = "a" } }, DescribeResponse.Parser.ParseFrom(target.WrittenSpan));
    }

    private static GetRequest RequestOf(CompletionPlan completion, IMessage request)
    {
        var target = new ArrayBufferWriter<byte>();
        completion.WriteRequest(request.ToByteArray(), target);
        return GetRequest.Parser.ParseFrom(target.WrittenSpan);
    }
}
