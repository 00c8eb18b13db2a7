namespace TalkGateway.Talk.Credentials;

/// <summary>
/// Stands for a credential in caches of this process: a keyed hash, worthless outside of it. The default value stands for "no credential".
/// </summary>
internal readonly record struct CredentialKey(UInt128 High, UInt128 Low)
{
    /// <summary>Some bits of the hash, which are as good as any others.</summary>
    public override int GetHashCode() => (int)(ulong)Low;

    /// <summary>Twelve hex digits, for logs: enough to tell entries apart, and no way back.</summary>
    public override string ToString() => this == default ? "none" : ((ulong)(High >> 80)).ToString("x12", System.Globalization.CultureInfo.InvariantCulture);
}
