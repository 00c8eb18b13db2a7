namespace TalkGateway.Simulator;

/// <summary>What goes wrong with a request. Combine a delay with an answer by <c>with</c>.</summary>
public sealed record Fault
{
    private Fault()
    {
    }

    /// <summary>How long the request waits before anything happens, on the simulator's clock.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>What the request waits for before anything happens; the test completes it.</summary>
    public Task? Gate { get; init; }

    /// <summary>The answer given in place of the real one; null lets the request through.</summary>
    public FaultAnswer? Answer { get; init; }

    /// <summary>Where the connection breaks, if it does.</summary>
    public FaultDrop Drop { get; init; }

    /// <summary>Waits and then works as usual.</summary>
    /// <param name="delay">How long, on the simulator's clock.</param>
    public static Fault Delayed(TimeSpan delay) => new() { Delay = delay };

    /// <summary>Waits for a test to open the gate and then works as usual.</summary>
    /// <param name="gate">The task to wait for, of a <see cref="TaskCompletionSource"/>.</param>
    public static Fault Gated(Task gate) => new() { Gate = gate };

    /// <summary>Answers with this status, body and headers; the operation does not run.</summary>
    /// <param name="status">The HTTP status.</param>
    /// <param name="body">The body.</param>
    /// <param name="contentType">The media type of the body.</param>
    /// <param name="headers">Further headers, such as Retry-After.</param>
    public static Fault Answering(int status, string body = "", string contentType = "application/json; charset=utf-8", params (string Name, string Value)[] headers) =>
        new() { Answer = new FaultAnswer(status, contentType, body, headers) };

    /// <summary>429 as Nextcloud's rate limit gives it, an empty page, with Retry-After if asked.</summary>
    /// <param name="retryAfter">The value of Retry-After; null sends none.</param>
    public static Fault TooManyRequests(TimeSpan? retryAfter = null) => Answering(
        429, "", "text/html; charset=UTF-8", retryAfter is { } wait ? [("Retry-After", ((int)wait.TotalSeconds).ToString(System.Globalization.CultureInfo.InvariantCulture))] : []);

    /// <summary>A page of HTML where JSON is due, as a proxy in front of a dead PHP gives it.</summary>
    /// <param name="status">The HTTP status.</param>
    public static Fault Html(int status = 502) =>
        Answering(status, $"<html>\r\n<head><title>{status}</title></head>\r\n<body><center><h1>{status}</h1></center><hr><center>nginx</center></body>\r\n</html>\r\n", "text/html");

    /// <summary>200 with nothing in it, as Nextcloud answers when writing XML fails.</summary>
    public static Fault EmptyBody() => Answering(200, "", "text/html; charset=UTF-8");

    /// <summary>200 with JSON that ends in the middle, although the length fits.</summary>
    public static Fault TruncatedJson() => Answering(200, "{\"ocs\":{\"meta\":{\"status\":\"ok\",\"statuscode\":200,\"mess");

    /// <summary>The connection breaks before the operation runs.</summary>
    public static Fault DropBefore() => new() { Drop = FaultDrop.BeforeOperation };

    /// <summary>The operation runs and the connection breaks before any of the answer: the caller cannot know.</summary>
    public static Fault DropAfter() => new() { Drop = FaultDrop.AfterOperation };

    /// <summary>The operation runs and the connection breaks after half of the answer.</summary>
    public static Fault DropHalfway() => new() { Drop = FaultDrop.HalfAnswer };
}

/// <summary>An answer that is given in place of the real one.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="ContentType">The media type.</param>
/// <param name="Body">The body.</param>
/// <param name="Headers">Further headers.</param>
public sealed record FaultAnswer(int Status, string ContentType, string Body, IReadOnlyList<(string Name, string Value)> Headers);

/// <summary>Where a connection breaks.</summary>
public enum FaultDrop
{
    /// <summary>Nowhere.</summary>
    None,

    /// <summary>Before the operation ran.</summary>
    BeforeOperation,

    /// <summary>After the operation ran, before any of its answer.</summary>
    AfterOperation,

    /// <summary>In the middle of the answer's body.</summary>
    HalfAnswer,
}
