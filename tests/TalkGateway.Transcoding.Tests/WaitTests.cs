using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Sample.V1;
using Xunit;

namespace TalkGateway.Transcoding.Tests;

public class WaitTests
{
    [Fact]
    public void An_operation_that_waits_at_most_so_long_waits_for_every_call() =>
        Assert.Equal(TimeSpan.FromSeconds(5), WaitOf("Status", new Sample.V1.Empty()));

    [Fact]
    public void An_operation_that_never_waits_has_no_wait() =>
        Assert.Equal(TimeSpan.Zero, WaitOf("Rename", new RenameRequest { Id = "ab" }));

    [Theory]
    [InlineData(Color.Unspecified, null, 0)]
    [InlineData(Color.Red, null, 0)]
    [InlineData(Color.Red, 7, 0)]
    [InlineData(Color.Blue, null, 20)]
    [InlineData(Color.Blue, 7, 7)]
    [InlineData(Color.Blue, 0, 0)]
    [InlineData(Color.Blue, -3, 0)]
    [InlineData(Color.Blue, 300, 20)]
    public void A_call_waits_as_its_fields_say_and_never_longer_than_the_operation(Color color, int? asked, int seconds)
    {
        var request = new SearchRequest { Color = color, Action = Sample.V1.Action.Add };
        if (asked is { } wait)
        {
            request.Wait = new Duration { Seconds = wait };
        }

        Assert.Equal(TimeSpan.FromSeconds(seconds), WaitOf("Search", request));
    }

    [Fact]
    public void A_request_that_is_used_again_forgets_the_wait_of_the_one_before()
    {
        var request = new UpstreamRequest();
        World.Plan("Status").Resolve(new World()).WriteRequest([], request);

        request.Reset();

        Assert.Equal(TimeSpan.Zero, request.Wait);
    }

    private static TimeSpan WaitOf(string method, IMessage message) => new World().Send(method, message).Wait;
}
