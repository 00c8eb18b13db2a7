using FsCheck;
using FsCheck.Fluent;

namespace TalkGateway.Transcoding.Tests;

/// <summary>Properties over seeds of random input; the same ones in every run.</summary>
internal static class Seeds
{
    public static void ForAll(int tests, Action<int> property) =>
        Prop.ForAll(Gen.Choose(int.MinValue, int.MaxValue).ToArbitrary(), property)
            .Check(Config.QuickThrowOnFailure.WithMaxTest(tests).WithReplay(17109082915837067906UL, 14790767836509769097UL));
}
