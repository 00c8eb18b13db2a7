using System.Reflection;

namespace TalkGateway;

/// <summary>The version of the gateway.</summary>
internal static class GatewayVersion
{
    /// <summary>As people write it, without the commit.</summary>
    public static string Text { get; } =
        typeof(GatewayVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];
}
