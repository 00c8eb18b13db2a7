namespace TalkGateway.Transcoding.Requests;

// How long the server is going to wait.
internal readonly ref partial struct RequestWriter
{
    /// <summary>How long the server waits by intent with this message; the message keeps the rules.</summary>
    public TimeSpan WaitOf(WaitPlan plan)
    {
        if (plan.Switch is { } mode && (int)ValueOf(mode).Bits != plan.On)
        {
            return TimeSpan.Zero;
        }

        if (plan.Chosen is not { } chosen || !IsSet(chosen))
        {
            return plan.Most;
        }

        // Fractions of a second are not sent.
        var seconds = ReadInstant(chosen, ValueOf(chosen)).Seconds;
        return TimeSpan.FromSeconds(Math.Clamp(seconds, 0, (long)plan.Most.TotalSeconds));
    }
}
