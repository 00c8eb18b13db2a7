using System.Collections.Frozen;
using Google.Protobuf.Reflection;
using TalkGateway.Talk.Calls;
using TalkGateway.Talk.Polyfills;
using TalkGateway.Talk.V1;
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
        new JoinAnswerPolyfill(),
        new JoinRoomFirstPolyfill(),
        new OffsetPagingPolyfill(),
        new PingPolyfill(),
        new PreservedReasonPolyfill(),
        new PublicThenPasswordPolyfill(),
        new ReadMarkerPolyfill(),
        new RereadParticipantsPolyfill(),
        new RereadRoomPolyfill(),
        new SendOncePolyfill(),
        new SentMessagePolyfill(),
    ]);

    /// <summary>The plan of every rpc. Its first use throws if an annotation is wrong.</summary>
    public static PlanSet Plans { get; } = Polyfills.Check(PlanSet.Compile(
        [
            CallReflection.Descriptor,
            CapabilitiesReflection.Descriptor,
            ChatReflection.Descriptor,
            GuestReflection.Descriptor,
            ParticipantReflection.Descriptor,
            RoomReflection.Descriptor,
            SignalingReflection.Descriptor,
        ],
        new TranscodingOptions
        {
            Fallbacks = LegacyConversions.All,
            KnownFamilies = new HashSet<string>(["call", "chat", "conversation", "signaling", "v1"]),
            KnownPolyfills = Polyfills.Names,
        }));

    private static readonly FrozenDictionary<MessageDescriptor, MethodPlan> ByRequest =
        Plans.Methods.ToFrozenDictionary(plan => plan.Descriptor.InputType);

    /// <summary>The rpc that takes such a request: every request message belongs to one.</summary>
    public static MethodPlan PlanOf(MessageDescriptor request) => ByRequest[request];
}
