using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;
using Google.Protobuf.Reflection;
using TalkGateway.Ocs.V1;

namespace TalkGateway.Transcoding.Compilation;

/// <summary>What descriptors say, beyond their own accessors.</summary>
internal static class Annotations
{
    private static readonly Field NoAnnotation = new();

    /// <summary>The rpc's annotation as it stands there; null where it has none.</summary>
    public static Operation? Operation(this MethodDescriptor method) => method.GetOptions()?.GetExtension(AnnotationsExtensions.Operation);

    /// <summary>The field's annotation; an empty one where it has none.</summary>
    public static Field Annotation(this FieldDescriptor field) =>
        field.GetOptions()?.GetExtension(AnnotationsExtensions.Field) ?? NoAnnotation;

    /// <summary>What the upstream calls the field.</summary>
    public static string UpstreamName(this FieldDescriptor field)
    {
        var name = field.Annotation().Name;
        return name.Length > 0 ? name : field.JsonName;
    }

    /// <summary>The words of an enum by number; empty where its values carry none.</summary>
    public static IReadOnlyList<(int Number, string Word)> Words(this EnumDescriptor type) =>
        [.. from value in type.Values
            let word = value.GetOptions()?.GetExtension(AnnotationsExtensions.Text)
            where !string.IsNullOrEmpty(word)
            select (value.Number, word)];

    /// <summary>The tag on the wire: number and wire type as a varint.</summary>
    public static byte[] Tag(int number, int wireType)
    {
        var value = ((uint)number << 3) | (uint)wireType;
        var bytes = new List<byte>();
        for (; value >= 0x80; value >>= 7)
        {
            bytes.Add((byte)(value | 0x80));
        }

        bytes.Add((byte)value);
        return [.. bytes];
    }

    /// <summary>The wire type of a single value.</summary>
    public static int WireType(FieldType type) => type switch
    {
        FieldType.Fixed64 or FieldType.SFixed64 or FieldType.Double => 1,
        FieldType.Fixed32 or FieldType.SFixed32 or FieldType.Float => 5,
        FieldType.String or FieldType.Bytes or FieldType.Message => 2,
        _ => 0,
    };

    /// <summary>Field by its proto name, members of messages as "actor.id"; null where there is none.</summary>
    public static FieldDescriptor? FindByPath(MessageDescriptor message, string path)
    {
        FieldDescriptor? field = null;
        foreach (var name in path.Split('.'))
        {
            if (field is not null && field.FieldType != FieldType.Message)
            {
                return null;
            }

            field = (field?.MessageType ?? message).FindFieldByName(name);
            if (field is null)
            {
                return null;
            }
        }

        return field;
    }

    /// <summary>The pattern as a regular expression for the whole text, or what is wrong with it.</summary>
    public static bool TryParsePattern(string pattern, [NotNullWhen(true)] out Regex? regex, [NotNullWhen(false)] out string? problem)
    {
        (regex, problem) = (null, null);
        try
        {
            // Not backtracking: callers choose the text, and must not choose the time as well.
            regex = new Regex($@"\A(?:{pattern})\z", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
            return true;
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            problem = $"which is no regular expression without look-around: {e.Message}";
            return false;
        }
    }

    /// <summary>Whether a name can stand in JSON, queries and headers without being escaped.</summary>
    public static bool IsPlainName(string name) =>
        name.Length > 0 && System.Text.Encoding.ASCII.GetByteCount(name) == name.Length && name.All(c => c is > ' ' and < '\x7F' and not ('"' or '\\'));
}
