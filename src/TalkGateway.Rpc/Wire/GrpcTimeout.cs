namespace TalkGateway.Rpc.Wire;

/// <summary>The <c>grpc-timeout</c> header: one to eight digits and a unit (gRPC over HTTP/2, "Timeout").</summary>
internal static class GrpcTimeout
{
    private const int MaxDigits = 8;

    /// <summary>Reads a timeout; parts of 100 ns are rounded up, so that a positive timeout never becomes none.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out TimeSpan timeout)
    {
        timeout = default;
        if (text.Length is < 2 or > MaxDigits + 1)
        {
            return false;
        }

        long value = 0;
        foreach (var c in text[..^1])
        {
            if (!char.IsAsciiDigit(c))
            {
                return false;
            }

            value = (value * 10) + (c - '0');
        }

        long ticks;
        switch (text[^1])
        {
            case 'H':
                ticks = value * TimeSpan.TicksPerHour;
                break;
            case 'M':
                ticks = value * TimeSpan.TicksPerMinute;
                break;
            case 'S':
                ticks = value * TimeSpan.TicksPerSecond;
                break;
            case 'm':
                ticks = value * TimeSpan.TicksPerMillisecond;
                break;
            case 'u':
                ticks = value * TimeSpan.TicksPerMicrosecond;
                break;
            case 'n':
                ticks = (value + TimeSpan.NanosecondsPerTick - 1) / TimeSpan.NanosecondsPerTick;
                break;
            default:
                return false;
        }

        timeout = new TimeSpan(ticks);
        return true;
    }
}
