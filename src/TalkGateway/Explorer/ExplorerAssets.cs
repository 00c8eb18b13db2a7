using System.Reflection;
using System.Text;

namespace TalkGateway.Explorer;

/// <summary>The files of the page, which are embedded in the assembly.</summary>
internal static class ExplorerAssets
{
    /// <summary>The page itself.</summary>
    public const string Page = "index.html";

    private const string Prefix = "Explorer/Assets/";
    private const string EndOfHead = "</head>";

    /// <summary>Reads them all, by their path below <c>Assets</c>.</summary>
    public static IReadOnlyDictionary<string, ExplorerFile> Read()
    {
        var assembly = Assembly.GetExecutingAssembly();
        var contents = assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .ToDictionary(name => name[Prefix.Length..], name => Read(assembly, name), StringComparer.Ordinal);
        contents[Page] = NameModules(contents[Page], contents.Keys.Where(name => name.EndsWith(".js", StringComparison.Ordinal)));
        return contents.ToDictionary(file => file.Key, file => new ExplorerFile(file.Value, ContentType(file.Key)), StringComparer.Ordinal);
    }

    /// <summary>Names all modules in the head of the page, so that a browser asks for them at once instead of import by import.</summary>
    private static byte[] NameModules(byte[] page, IEnumerable<string> modules)
    {
        var links = string.Concat(modules.Order(StringComparer.Ordinal).Select(module => $"  <link rel=\"modulepreload\" href=\"explorer/{module}\">\n"));
        return Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(page).Replace(EndOfHead, links + EndOfHead, StringComparison.Ordinal));
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
