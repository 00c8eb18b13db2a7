using System.Collections.Frozen;
using Google.Protobuf.Reflection;
using TalkGateway.Transcoding.Answers;

namespace TalkGateway.Transcoding.Compilation;

/// <summary>The message types of google.protobuf that have a JSON form of their own.</summary>
internal static class WellKnown
{
    public const string Timestamp = "google.protobuf.Timestamp";
    public const string Duration = "google.protobuf.Duration";
    public const string Struct = "google.protobuf.Struct";
    public const string Value = "google.protobuf.Value";
    public const string ListValue = "google.protobuf.ListValue";

    /// <summary>How answers fill them.</summary>
    public static readonly FrozenDictionary<string, AnswerKind> Kinds = new Dictionary<string, AnswerKind>
    {
        [Timestamp] = AnswerKind.Timestamp,
        [Duration] = AnswerKind.Duration,
        [Struct] = AnswerKind.Struct,
        [Value] = AnswerKind.Value,
        [ListValue] = AnswerKind.ListValue,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>A Timestamp or a Duration: messages that are numbers upstream.</summary>
    public static bool IsInstant(MessageDescriptor type) => type.FullName is Timestamp or Duration;

    /// <summary>The other types of google.protobuf (Any, FieldMask, wrappers …) have no meaning upstream; Empty is an empty object.</summary>
    public static bool IsUnmappable(MessageDescriptor type) =>
        type.ContainingType is null && type.FullName.StartsWith("google.protobuf.", StringComparison.Ordinal) && !Kinds.ContainsKey(type.FullName)
        && type.FullName != "google.protobuf.Empty";
}
