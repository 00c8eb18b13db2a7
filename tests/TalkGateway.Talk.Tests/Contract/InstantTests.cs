using System.Collections.Frozen;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using TalkGateway.Talk.Profiles;
using TalkGateway.Transcoding;
using Xunit;

namespace TalkGateway.Talk.Tests.Contract;

/// <summary>No instant and no span of time that Talk can't hold is sent, where it would silently become another or none.</summary>
public sealed class InstantTests
{
    private static readonly ServerProfile Newest = new(new[] { "conversation-v4", "chat-v2" }.ToFrozenSet(), new Version(24, 9), new Version(34, 0));

    /// <summary>Every Timestamp and Duration that a request has, at whatever depth.</summary>
    public static TheoryData<string, string> Fields()
    {
        var data = new TheoryData<string, string>();
        foreach (var plan in TalkContract.Plans.Methods)
        {
            foreach (var path in InstantsOf(plan.Descriptor.InputType, []))
            {
                data.Add(plan.FullName, string.Join('.', path.Select(field => field.Name)));
            }
        }

        return data;
    }

    [Fact]
    public void There_are_some() => Assert.True(Fields().Count >= 6);

    [Theory]
    [MemberData(nameof(Fields))]
    public void What_lies_before_1970_or_below_nothing_is_refused(string method, string field)
    {
        Assert.NotEmpty(Violations(method, field, seconds: -1, nanos: 0));
        Assert.NotEmpty(Violations(method, field, seconds: -62_135_596_800, nanos: 0));
    }

    [Theory]
    [MemberData(nameof(Fields))]
    public void A_span_fits_into_the_servers_numbers(string method, string field)
    {
        if (TypeOf(method, field).FullName == Duration.Descriptor.FullName)
        {
            Assert.NotEmpty(Violations(method, field, seconds: 1L << 31, nanos: 0));
            Assert.NotEmpty(Violations(method, field, seconds: 0, nanos: 500_000_000));
            Assert.Empty(Violations(method, field, seconds: 30, nanos: 0));
        }
        else
        {
            Assert.Empty(Violations(method, field, seconds: 1_800_000_000, nanos: 500_000_000));
        }
    }

    [Theory]
    [InlineData("talk.v1.RoomService.SetRoomLobby", "timer")]
    [InlineData("talk.v1.RoomService.CreateRoom", "lobby_timer")]
    public void A_lobby_that_opened_at_the_beginning_of_time_is_no_lobby_without_a_timer(string method, string field) =>
        Assert.NotEmpty(Violations(method, field, seconds: 0, nanos: 0));

    private static List<string> Violations(string method, string path, long seconds, int nanos)
    {
        var plan = TalkContract.Plans[method];
        var request = (IMessage)Activator.CreateInstance(plan.Descriptor.InputType.ClrType)!;
        var (message, names) = (request, path.Split('.'));
        foreach (var name in names[..^1])
        {
            var field = message.Descriptor.FindFieldByName(name);
            var inner = (IMessage)Activator.CreateInstance(field.MessageType.ClrType)!;
            field.Accessor.SetValue(message, inner);
            message = inner;
        }

        var last = message.Descriptor.FindFieldByName(names[^1]);
        last.Accessor.SetValue(message, last.MessageType.FullName == Timestamp.Descriptor.FullName
            ? new Timestamp { Seconds = seconds, Nanos = nanos }
            : new Duration { Seconds = seconds, Nanos = nanos });
        try
        {
            plan.Resolve(Newest).WriteRequest(request.ToByteArray(), new UpstreamRequest());
            return [];
        }
        catch (InvalidRequestException invalid)
        {
            return [.. invalid.Violations.Where(violation => violation.Field == path).Select(violation => violation.Description)];
        }
    }

    private static MessageDescriptor TypeOf(string method, string path) =>
        InstantsOf(TalkContract.Plans[method].Descriptor.InputType, []).Single(found => string.Join('.', found.Select(field => field.Name)) == path)[^1].MessageType;

    private static IEnumerable<FieldDescriptor[]> InstantsOf(MessageDescriptor message, FieldDescriptor[] path)
    {
        foreach (var field in message.Fields.InDeclarationOrder().Where(field => field.FieldType == FieldType.Message))
        {
            FieldDescriptor[] here = [.. path, field];
            if (field.MessageType.FullName == Timestamp.Descriptor.FullName || field.MessageType.FullName == Duration.Descriptor.FullName)
            {
                yield return here;
            }
            else if (path.Length < 4)
            {
                foreach (var inside in InstantsOf(field.MessageType, here))
                {
                    yield return inside;
                }
            }
        }
    }
}
