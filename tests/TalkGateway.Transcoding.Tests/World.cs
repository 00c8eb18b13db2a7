using System.Buffers;
using System.Text;
using Google.Protobuf;
using Mistakes.V1;
using Sample.V1;
using Xunit;

namespace TalkGateway.Transcoding.Tests;

/// <summary>The sample API, compiled, and a server for it whose facts a test can choose.</summary>
internal sealed class World : IServerFacts, IHeaderLookup
{
    public static readonly TranscodingOptions Options = new()
    {
        KnownFamilies = new HashSet<string>(["items", "f"]),
        KnownPolyfills = new HashSet<string>(["retry"]),
        Fallbacks = new Dictionary<string, FallbackConversion>
        {
            ["flags"] = (ReadOnlySpan<byte> json, ref FallbackResult result) =>
            {
                if (JsonMember.TryFind(json, "flags"u8, out var flags) && flags.TryGetBoolean(out var on))
                {
                    result.SetInteger(on ? 7 : 0);
                }
                else if (JsonMember.TryFind(json, "legacyFlags"u8, out flags) && flags.TryGetInteger(out var number))
                {
                    result.SetInteger(number);
                }
            },
            ["owner"] = (ReadOnlySpan<byte> json, ref FallbackResult result) =>
            {
                if (JsonMember.TryFind(json, "ownerName"u8, out var owner) && owner.TryGetString(out var name))
                {
                    result.SetString(name);
                }
            },
        },
    };

    public static readonly PlanSet Plans = PlanSet.Compile([SampleReflection.Descriptor], Options);

    public Version? Version { get; init; } = new(20, 0);

    public int Api { get; init; } = 4;

    public HashSet<string> Capabilities { get; init; } = ["modern", "rename", "fancy", "strict"];

    public Dictionary<string, string> Headers { get; } = new(StringComparer.OrdinalIgnoreCase);

    public static IReadOnlyList<string> MistakesOf(string service) =>
        Assert.Throws<AnnotationException>(() => PlanSet.Compile([MistakesReflection.Descriptor.Services.Single(found => found.Name == service)], Options)).Mistakes;

    public bool HasCapability(string name) => Capabilities.Contains(name);

    public int ApiVersion(string family) => Api;

    public string BasePath(string family) => $"/api/v{Api}";

    public string? Find(string name) => Headers.GetValueOrDefault(name);

    public static MethodPlan Plan(string method) => Plans[$"sample.v1.Items.{method}"];

    public UpstreamRequest Send(string method, IMessage message) => Send(method, message.ToByteArray());

    public UpstreamRequest Send(string method, ReadOnlySpan<byte> message)
    {
        var request = new UpstreamRequest();
        Plan(method).Resolve(this).WriteRequest(message, request);
        return request;
    }

    /// <summary>What the request is refused for: fields and descriptions.</summary>
    public IReadOnlyList<FieldViolation> Refuse(string method, IMessage message) => Refuse(method, message.ToByteArray());

    public IReadOnlyList<FieldViolation> Refuse(string method, byte[] message) =>
        Assert.Throws<InvalidRequestException>(() => Send(method, message)).Violations;

    public byte[] Receive(string method, string body, int status = 200) => Receive(method, Encoding.UTF8.GetBytes(body), status);

    public byte[] Receive(string method, ReadOnlySpan<byte> body, int status = 200)
    {
        var target = new ArrayBufferWriter<byte>();
        Plan(method).Resolve(this).ReadAnswer(status, this, body, target);
        return target.WrittenSpan.ToArray();
    }

    /// <summary>An item whose members the server sends as this JSON.</summary>
    public Item Item(string json) => Sample.V1.Item.Parser.ParseFrom(Receive("Read", Envelope(json)));

    public static string Envelope(string data) => $$$"""{"ocs":{"meta":{"status":"ok","statuscode":200,"message":"OK"},"data":{{{data}}}}}""";

    public static string Body(UpstreamRequest request) => Encoding.UTF8.GetString(request.Body.Span);
}
