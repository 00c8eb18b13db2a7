using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Google.Protobuf.Reflection;
using TalkGateway.Ocs.V1;
using TalkGateway.Talk;
using TalkGateway.Transcoding;
using Field = TalkGateway.Ocs.V1.Field;

namespace TalkGateway.EndToEnd.Tests.Replay;

/// <summary>Annotations of the contract, in full; descriptors copy their options at every question, so the answers are kept.</summary>
internal static class Annotations
{
    private static readonly Vocabulary Vocabulary = new(TalkContract.Files);
    private static readonly ConcurrentDictionary<FieldDescriptor, Field> Fields = new();
    private static readonly ConcurrentDictionary<EnumValueDescriptor, string> Texts = new();

    /// <summary>How an rpc is carried out; null where it is none of the server's.</summary>
    public static Operation? Mapping(this MethodDescriptor method) => Vocabulary.OperationOf(method);

    /// <summary>How a field is carried.</summary>
    public static Field Mapping(this FieldDescriptor field) =>
        Fields.GetOrAdd(field, static f => Vocabulary.FieldOf(f) ?? new Field());

    /// <summary>What the upstream calls the field.</summary>
    public static string UpstreamName(this FieldDescriptor field) => field.Mapping().Name is { Length: > 0 } name ? name : field.JsonName;

    /// <summary>What the upstream calls an enum value; empty where it uses the number.</summary>
    public static string Text(this EnumValueDescriptor value) =>
        Texts.GetOrAdd(value, static v => v.GetOptions()?.GetExtension(AnnotationsExtensions.Text) ?? "");
}

/// <summary>The tables' regular expressions, each made once.</summary>
internal static class Patterns
{
    private static readonly ConcurrentDictionary<string, Regex> Known = new();

    /// <summary>Whether the pattern is found in the text.</summary>
    public static bool Finds(string pattern, string text) => Known.GetOrAdd(pattern, static p => new Regex(p)).IsMatch(text);

    /// <summary>Whether the pattern is the whole text.</summary>
    public static bool Matches(string pattern, string text) => Finds($"^(?:{pattern})$", text);
}
