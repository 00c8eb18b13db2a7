using System.Reflection;

namespace TalkGateway.Explorer;

/// <summary>The files of the page, which are embedded in the assembly.</summary>
internal static class ExplorerAssets
{
    private const string Prefix = "Explorer/Assets/";

    /// <summary>Reads them all, by their path below <c>Assets</c>.</summary>
    public static IReadOnlyDictionary<string, ExplorerFile> Read()
    {
        var assembly = Assembly.GetExecutingAssembly();
        return assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .ToDictionary(name => name[Prefix.Length..], name => new ExplorerFile(Read(assembly, name), ContentType(name)), StringComparer.Ordinal);
    }

    private static byte[] Read(Assembly assembly, string name)
    {
        using var resource = assembly.GetManifestResourceStream(name)!;
        var bytes = new byte[resource.Length];
        resource.ReadExactly(bytes);
        return bytes;
    }

    private static string ContentType(string name) => Path.GetExtension(name) switch
    {
        ".html" => "text/html; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".svg" => "image/svg+xml",
        var other => throw new InvalidOperationException($"There is no content type for {other}, which {name} has."),
    };
}
