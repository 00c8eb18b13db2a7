using System.Collections.Frozen;
using System.Reflection;
using Google.Protobuf.Reflection;
using TalkGateway.Talk.Calls;
using TalkGateway.Talk.Polyfills;
using TalkGateway.Talk.Profiles;
using TalkGateway.Transcoding;

namespace TalkGateway.Talk;

/// <summary>The contract in <c>protos/talk/v1</c>, compiled to plans.</summary>
internal static class TalkContract
{
    /// <summary>Everything that annotations can name as a polyfill.</summary>
    public static PolyfillSet Polyfills { get; } = new(
    [
        new AttendeeAddressPolyfill(),
        new CreateThenSetPolyfill(),
        new GatewayDecisionsPolyfill(),
        new JoinRoomFirstPolyfill(),
        new OffsetPagingPolyfill(),
        new PingPolyfill(),
        new PreservedReasonPolyfill(),
        new PublicThenPasswordPolyfill(),
        new ReadMarkerPolyfill(),
        new SendOncePolyfill(),
        new SentMessagePolyfill(),
    ]);

    /// <summary>Its files, in the order of their names: for each, the generated code of this assembly has a class with the descriptor.</summary>
    public static IReadOnlyList<FileDescriptor> Files { get; } =
    [
        .. from type in typeof(TalkContract).Assembly.GetExportedTypes()
           let property = type.GetProperty("Descriptor", BindingFlags.Public | BindingFlags.Static)
           where property?.PropertyType == typeof(FileDescriptor)
           let file = (FileDescriptor)property.GetValue(null)!
           orderby file.Name
           select file,
    ];

    /// <summary>The plan of every rpc. Its first use throws if an annotation is wrong.</summary>
    public static PlanSet Plans { get; } = Polyfills.Check(PlanSet.Compile(
        Files,
        new TranscodingOptions
        {
            Fallbacks = LegacyConversions.All,
            KnownFamilies = VersionRouter.Families,
            KnownPolyfills = Polyfills.Names,
        }));

    private static readonly FrozenDictionary<MessageDescriptor, MethodPlan> ByRequest =
        Plans.Methods.ToFrozenDictionary(plan => plan.Descriptor.InputType);

    /// <summary>The rpc that takes such a request: every request message belongs to one.</summary>
    public static MethodPlan PlanOf(MessageDescriptor request) => ByRequest[request];
}
