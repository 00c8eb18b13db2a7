namespace TalkGateway.Testing;

/// <summary>One way to make a call.</summary>
/// <param name="Protocol"><c>grpc</c>, <c>grpc-web</c>, <c>grpc-web-text</c>, <c>connect</c>, or <c>connect-get</c> for unary calls by GET.</param>
/// <param name="Json">Messages travel as JSON rather than in protobuf's binary form.</param>
/// <param name="Http2">HTTP/2 with prior knowledge rather than HTTP/1.1.</param>
/// <param name="Gzip">Messages are compressed, and compressed ones accepted.</param>
public sealed record Dialect(string Protocol, bool Json, bool Http2, bool Gzip)
{
    private const string ConnectGet = "connect-get";

    /// <summary>All that serve any kind of call.</summary>
    public static IReadOnlyList<Dialect> All { get; } =
    [
        .. from protocol in (string[])["grpc", "grpc-web", "grpc-web-text", "connect"]
           from json in (bool[])[false, true]
           from http2 in (bool[])[false, true]
           from gzip in (bool[])[false, true]
           where protocol != "grpc" || http2
           select new Dialect(protocol, json, http2, gzip),
    ];

    /// <summary>Those for unary calls without side effects.</summary>
    public static IReadOnlyList<Dialect> Gets { get; } =
    [
        .. from json in (bool[])[false, true]
           from gzip in (bool[])[false, true]
           select new Dialect(ConnectGet, json, Http2: false, gzip),
    ];

    /// <summary>Whether the message travels in the query.</summary>
    public bool IsGet => Protocol == ConnectGet;

    /// <summary>Whether errors are Connect's.</summary>
    public bool IsConnect => Protocol is "connect" or ConnectGet;

    /// <summary>The dialect of that name; names are what theories are told by.</summary>
    public static Dialect Named(string name) => All.Concat(Gets).Single(dialect => dialect.ToString() == name);

    /// <inheritdoc />
    public override string ToString() => $"{Protocol}{(Json ? "+json" : "")} HTTP/{(Http2 ? "2" : "1.1")}{(Gzip ? " gzip" : "")}";
}
