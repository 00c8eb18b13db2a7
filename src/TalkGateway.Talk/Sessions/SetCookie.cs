using System.Globalization;

namespace TalkGateway.Talk.Sessions;

/// <summary>One <c>Set-Cookie</c> header, read as browsers read it (RFC 6265 section 5.2).</summary>
/// <param name="Name">The cookie's name.</param>
/// <param name="Value">Its value, as it goes back to the server.</param>
/// <param name="Expires">When it ends; null for the end of the session. In the past: the server deletes it.</param>
internal readonly record struct SetCookie(string Name, string Value, DateTimeOffset? Expires)
{
    // Longer ones are no cookies of Nextcloud; browsers refuse them as well (RFC 6265bis section 5.6).
    private const int MaxLength = 4096;

    /// <summary>Reads a header value; false where it is no cookie.</summary>
    public static bool TryParse(ReadOnlySpan<char> header, DateTimeOffset now, out SetCookie cookie)
    {
        cookie = default;
        if (header.Length > MaxLength)
        {
            return false;
        }

        var end = header.IndexOf(';');
        var pair = end < 0 ? header : header[..end];
        var attributes = end < 0 ? default : header[(end + 1)..];
        var equals = pair.IndexOf('=');
        if (equals < 0)
        {
            return false;
        }

        var name = pair[..equals].Trim();
        var value = pair[(equals + 1)..].Trim();
        if (name.IsEmpty || HasForbidden(name) || HasForbidden(value))
        {
            return false;
        }

        DateTimeOffset? expires = null;
        var hasMaxAge = false;
        foreach (var range in attributes.Split(';'))
        {
            var attribute = attributes[range].Trim();
            var at = attribute.IndexOf('=');
            var key = at < 0 ? attribute : attribute[..at].Trim();
            var text = at < 0 ? default : attribute[(at + 1)..].Trim();
            if (key.Equals("Max-Age", StringComparison.OrdinalIgnoreCase)
                && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seconds))
            {
                // Max-Age wins over Expires wherever it stands; times beyond a year are as good as a year.
                hasMaxAge = true;
                expires = seconds <= 0 ? DateTimeOffset.UnixEpoch : now + TimeSpan.FromSeconds(Math.Min(seconds, 31_536_000));
            }
            else if (!hasMaxAge
                && key.Equals("Expires", StringComparison.OrdinalIgnoreCase)
                && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date))
            {
                expires = date;
            }
        }

        cookie = new SetCookie(name.ToString(), value.ToString(), expires);
        return true;
    }

    /// <summary>The name only: values are secrets.</summary>
    public override string ToString() => Name;

    private static bool HasForbidden(ReadOnlySpan<char> text)
    {
        foreach (var c in text)
        {
            if (c is < '\x20' or > '\x7e' or ';')
            {
                return true;
            }
        }

        return false;
    }
}
