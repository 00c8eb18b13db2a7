using Xunit;

namespace TalkGateway.EndToEnd.Tests.Replay;

/// <summary>Assertions over many exchanges at once.</summary>
internal static class Expect
{
    private const int Shown = 60;

    /// <summary>Fails with the list of failures, cut to a length that can be read.</summary>
    public static void None(IReadOnlyCollection<string> failures) =>
        Assert.True(failures.Count == 0, $"{failures.Count} failures:\n{string.Join('\n', failures.Take(Shown))}");
}
