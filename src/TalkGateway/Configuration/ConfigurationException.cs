namespace TalkGateway.Configuration;

/// <summary>The configuration cannot be used. The process does not start, and says which key is wrong and what to do.</summary>
internal sealed class ConfigurationException(string key, string? value, string remedy)
    : Exception(value is null ? $"{key}: {remedy}" : $"{key} is '{Printable(value)}': {remedy}")
{
    // An address may hold a user and a password, also one that is no address.
    private static string Printable(string value) => value.Contains('@', StringComparison.Ordinal) ? "…" : value;
}
