namespace TalkGateway.Simulator;

/// <summary>One operation: the request, the versions and API versions that route it, what is demanded of the caller, and what runs.</summary>
internal sealed record OcsOperation
{
    /// <summary>A long poll, which takes the world's gate itself.</summary>
    public OcsOperation(string id, string request, VersionRange versions, Guard guard, Func<OcsCall, ValueTask<OcsResult>> handler)
    {
        var (method, path) = request.Split(' ') is [var first, var second] ? (first, second) : throw new ArgumentException($"{request} is no method and path.", nameof(request));
        (Id, Method, Segments, Versions, Guard, Handler) = (id, method, path.Split('/'), versions, guard, handler);
        Family = ApiFamilies.Of(Segments[0]);
    }

    /// <summary>Everything but a long poll runs as a whole under the world's gate.</summary>
    public OcsOperation(string id, string request, VersionRange versions, Guard guard, Func<OcsCall, OcsResult> handler)
        : this(id, request, versions, guard, UnderGate(handler))
    {
    }

    public string Id { get; }

    public string Method { get; }

    public string[] Segments { get; }

    public VersionRange Versions { get; }

    public Guard Guard { get; }

    public Func<OcsCall, ValueTask<OcsResult>> Handler { get; }

    public ApiFamily Family { get; init; }

    public int MinApi { get; init; } = 1;

    public int MaxApi { get; init; } = 4;

    public bool IsRouted(TalkVersion version, int api) =>
        Versions.Contains(version) && api >= MinApi && api <= MaxApi && ApiFamilies.Offers(Family, version, api);

    private static Func<OcsCall, ValueTask<OcsResult>> UnderGate(Func<OcsCall, OcsResult> handler) => call =>
    {
        lock (call.World.Gate)
        {
            return ValueTask.FromResult(handler(call));
        }
    };
}

/// <summary>The parts of Talk's API that count their versions on their own; everything else stayed at 1.</summary>
internal enum ApiFamily
{
    Conversation,
    Call,
    Signaling,
    Other,
}

/// <summary>Which numbers of each API family a version routes.</summary>
internal static class ApiFamilies
{
    private static readonly (ApiFamily Family, int Api, VersionRange Versions)[] Rows =
    [
        (ApiFamily.Conversation, 1, VersionRange.Before("12.0")),
        (ApiFamily.Conversation, 2, VersionRange.Between("9.0", "12.0")),
        (ApiFamily.Conversation, 3, VersionRange.Between("10.1", "12.0")),
        (ApiFamily.Conversation, 4, "12.0"),
        (ApiFamily.Call, 1, VersionRange.Before("12.0")),
        (ApiFamily.Call, 2, VersionRange.Between("10.1", "12.0")),
        (ApiFamily.Call, 3, VersionRange.Between("10.1", "12.0")),
        (ApiFamily.Call, 4, "12.0"),
        (ApiFamily.Signaling, 1, VersionRange.Before("12.0")),
        (ApiFamily.Signaling, 2, VersionRange.Between("10.1", "12.0")),
        (ApiFamily.Signaling, 3, "12.0"),
        (ApiFamily.Other, 1, VersionRange.Always),
    ];

    /// <summary>The family that a path's first segment tells.</summary>
    public static ApiFamily Of(string segment) => segment switch
    {
        "room" or "listed-room" => ApiFamily.Conversation,
        "call" => ApiFamily.Call,
        "signaling" => ApiFamily.Signaling,
        _ => ApiFamily.Other,
    };

    public static bool Offers(ApiFamily family, TalkVersion version, int api) =>
        Array.Exists(Rows, r => r.Family == family && r.Api == api && r.Versions.Contains(version));

    public static int Newest(ApiFamily family, TalkVersion version) =>
        Rows.Where(r => r.Family == family && r.Versions.Contains(version)).Max(r => r.Api);
}
