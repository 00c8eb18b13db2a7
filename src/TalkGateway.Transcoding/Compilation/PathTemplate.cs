using System.Text;

namespace TalkGateway.Transcoding.Compilation;

/// <summary>A path with fields in braces, taken apart.</summary>
/// <param name="Text">As it stands in the annotation.</param>
/// <param name="Literals">What is around the fields, one more than these.</param>
/// <param name="Fields">Proto names of the fields in braces.</param>
internal sealed record PathTemplate(string Text, IReadOnlyList<byte[]> Literals, IReadOnlyList<string> Fields)
{
    public static PathTemplate Compile(string text, bool isAbsolute, Mistakes mistakes)
    {
        if (text.Length == 0 ? isAbsolute : text[0] != '/')
        {
            mistakes.Add($"the path \"{text}\" does not begin with a slash");
        }

        var literals = new List<byte[]>();
        var fields = new List<string>();
        var rest = text;
        while (rest.IndexOf('{') is var open and >= 0)
        {
            var close = rest.IndexOf('}', open);
            if (close < 0)
            {
                break;
            }

            literals.Add(Encoding.ASCII.GetBytes(rest[..open]));
            fields.Add(rest[(open + 1)..close]);
            rest = rest[(close + 1)..];
        }

        literals.Add(Encoding.ASCII.GetBytes(rest));
        if (!literals.All(literal => literal.All(IsPathCharacter)))
        {
            mistakes.Add($"the path \"{text}\" has a brace without its pair or a character that no path has");
        }

        if (fields.Distinct(StringComparer.Ordinal).Count() < fields.Count)
        {
            mistakes.Add($"the path \"{text}\" has a field twice");
        }

        return new PathTemplate(text, literals, fields);
    }

    // RFC 3986, pchar and slash; percent signs only from fields.
    private static bool IsPathCharacter(byte value) =>
        char.IsAsciiLetterOrDigit((char)value) || "/-._~!$&'()*+,;=:@"u8.Contains(value);
}
