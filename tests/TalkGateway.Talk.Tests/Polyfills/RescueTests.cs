using System.Buffers;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using TalkGateway.Talk.Calls;
using TalkGateway.Talk.Configuration;
using TalkGateway.Talk.Failures;
using TalkGateway.Talk.Polyfills;
using TalkGateway.Talk.Profiles;
using TalkGateway.Talk.Servers;
using TalkGateway.Talk.Tests.Transport;
using TalkGateway.Talk.V1;
using TalkGateway.Transcoding;
using Xunit;
using static TalkGateway.Talk.Tests.Transport.FakeNextcloud;

namespace TalkGateway.Talk.Tests.Polyfills;

/// <summary>Which of the polyfills that an rpc names take part in its calls.</summary>
public sealed class RescueTests
{
    /// <summary>An rpc that names two polyfills; what they are is up to the test.</summary>
    private static readonly MethodPlan Rpc = TalkContract.PlanOf(SendMessageRequest.Descriptor);

    private static readonly SendMessageRequest Request = new() { Token = "abcd1234", Message = "hello" };

    [Fact]
    public async Task A_rescue_behind_a_detour_steps_in_for_the_lost_exchange()
    {
        var saved = new SendMessageResponse { Message = new Message { Text = "saved" } };
        using var world = new UpstreamWorld(o => o with { Retry = new RetryOptions { MaxRetries = 0 } });
        world.Nextcloud.Intercept = request => request.Path switch
        {
            "/ocs/v2.php/cloud/user" => Task.FromResult<HttpResponseMessage?>(null),
            "/ocs/v2.php/cloud/capabilities" => Task.FromResult<HttpResponseMessage?>(
                Json(200, """{"version":{"major":30},"capabilities":{"spreed":{"features":["conversation-v4","conversation-permissions"],"version":"20.0.0"}}}""")),
            _ => throw new HttpRequestException(HttpRequestError.ResponseEnded),
        };
        var registry = new UpstreamRegistry(new UpstreamsOptions { Servers = { ["main"] = world.Options } }, (_, _) => world.Server);
        var detour = new Passing(Rpc.Polyfills[0]);
        var rescue = new Saving(Rpc.Polyfills[1], saved);
        var invoker = new TalkInvoker(TalkContract.Plans, With(detour, rescue), registry, world.Clock);

        var response = new ArrayBufferWriter<byte>();
        await invoker.InvokeAsync(Rpc, new TalkCallMetadata { Authorization = Alice }, Request.ToByteArray(), response, CancellationToken.None);

        Assert.Equal(saved, SendMessageResponse.Parser.ParseFrom(response.WrittenSpan));
        Assert.Equal((1, 1), (detour.Taken, rescue.Taken));
    }

    [Fact]
    public void Two_rescues_of_one_rpc_stop_the_start_with_its_name()
    {
        var polyfills = With(new Saving(Rpc.Polyfills[0], Request), new Saving(Rpc.Polyfills[1], Request));

        var mistake = Assert.Single(Assert.Throws<AnnotationException>(() => polyfills.Check(TalkContract.Plans)).Mistakes);

        Assert.Contains(Rpc.Descriptor.FullName, mistake, StringComparison.Ordinal);
        Assert.All(Rpc.Polyfills, name => Assert.Contains(name, mistake, StringComparison.Ordinal));
    }

    [Fact]
    public void A_polyfill_that_is_not_there_stops_the_start_with_the_rpcs_name()
    {
        var known = new PolyfillSet(TalkContract.Polyfills.Names.Where(name => name != Rpc.Polyfills[0]).Select(name => TalkContract.Polyfills[name]));

        var mistakes = Assert.Throws<AnnotationException>(() => PlanSet.Compile(
            [ChatReflection.Descriptor],
            new TranscodingOptions { Fallbacks = LegacyConversions.All, KnownFamilies = new HashSet<string>(["conversation"]), KnownPolyfills = known.Names })).Mistakes;

        Assert.Contains(mistakes, mistake => mistake.Contains(Rpc.Descriptor.FullName, StringComparison.Ordinal)
            && mistake.Contains(Rpc.Polyfills[0], StringComparison.Ordinal));
    }

    /// <summary>The polyfills of the contract, with these in place of those of their names.</summary>
    private static PolyfillSet With(params Polyfill[] others) => new(
        TalkContract.Polyfills.Names.Select(name => Array.Find(others, other => other.Name == name) ?? TalkContract.Polyfills[name]));

    private sealed class Passing(string name) : Detour
    {
        public int Taken { get; private set; }

        public override string Name => name;

        public override bool AppliesTo(ServerProfile server) => true;

        public override bool Fits(MethodDescriptor rpc) => true;

        public override ValueTask<IMessage> InvokeAsync(PolyfillCall call, IMessage request, CancellationToken cancellationToken)
        {
            Taken++;
            return call.NextAsync(request, cancellationToken);
        }
    }

    private sealed class Saving(string name, IMessage response) : Rescue
    {
        public int Taken { get; private set; }

        public override string Name => name;

        public override bool AppliesTo(ServerProfile server) => true;

        public override bool Fits(MethodDescriptor rpc) => true;

        public override ValueTask<IMessage?> RescueAsync(PolyfillCall call, IMessage request, UpstreamFailure failure, CancellationToken cancellationToken)
        {
            Taken++;
            return ValueTask.FromResult<IMessage?>(response);
        }
    }
}
