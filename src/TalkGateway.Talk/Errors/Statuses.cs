using System.Globalization;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;

namespace TalkGateway.Talk.Errors;

/// <summary>Builds the statuses that clients see.</summary>
internal static class Statuses
{
    /// <summary>A failure that the gateway found itself.</summary>
    public static Status Gateway(Code code, string reason, string message, params ReadOnlySpan<(string Key, string Value)> metadata)
    {
        var info = Info(reason, ErrorReasons.GatewayDomain);
        foreach (var (key, value) in metadata)
        {
            if (value.Length != 0)
            {
                info.Metadata[key] = value;
            }
        }

        return Status(code, message, info);
    }

    /// <summary>An ErrorInfo.</summary>
    public static ErrorInfo Info(string reason, string domain) => new() { Reason = reason, Domain = domain };

    /// <summary>A status with its details.</summary>
    public static Status Status(Code code, string message, params ReadOnlySpan<IMessage> details)
    {
        var status = new Status { Code = (int)code, Message = message };
        foreach (var detail in details)
        {
            status.Details.Add(Any.Pack(detail));
        }

        return status;
    }

    /// <summary>Adds when to try again.</summary>
    public static Status WithRetryAfter(this Status status, TimeSpan delay)
    {
        status.Details.Add(Any.Pack(new RetryInfo { RetryDelay = Duration.FromTimeSpan(delay) }));
        return status;
    }

    /// <summary>Adds which request field is at fault.</summary>
    public static Status Blaming(this Status status, string field, string description)
    {
        status.Details.Add(Any.Pack(new BadRequest
        {
            FieldViolations = { new BadRequest.Types.FieldViolation { Field = field, Description = description } },
        }));
        return status;
    }

    /// <summary>The same failure of an rpc that was called on behalf of another, whose field is at fault.</summary>
    public static TalkException BlamingInstead(this TalkException exception, string field)
    {
        var status = exception.Status.Clone();
        foreach (var detail in status.Details.Where(detail => detail.Is(BadRequest.Descriptor)).ToList())
        {
            status.Details.Remove(detail);
        }

        return new TalkException(status.Blaming(field, status.Message), exception);
    }

    /// <summary>The same failure, now that more is known of its cause than the server said.</summary>
    public static TalkException AsReason(this TalkException exception, Code code, string reason, string message)
    {
        var status = new Status { Code = (int)code, Message = message };
        foreach (var detail in exception.Status.Details)
        {
            if (detail.TryUnpack<ErrorInfo>(out var info))
            {
                info.Reason = reason;
                status.Details.Add(Any.Pack(info));
            }
            else
            {
                status.Details.Add(detail);
            }
        }

        return new TalkException(status, exception);
    }

    /// <summary>The same failure, saying also that a room was created and could not be deleted again.</summary>
    public static TalkException LeavingBehind(this TalkException exception, string roomToken)
    {
        var status = exception.Status.Clone();
        status.Message += $"; the room {roomToken} was created and could not be deleted again";
        var info = Info(ErrorReasons.RoomLeftBehind, ErrorReasons.GatewayDomain);
        info.Metadata["token"] = roomToken;
        status.Details.Add(Any.Pack(info));
        return new TalkException(status, exception);
    }

    /// <summary>The same failure, saying also that a session of the caller may have stayed in the room.</summary>
    public static Status LeavingSessionBehind(this Status status)
    {
        status = status.Clone();
        status.Message += "; the caller may be in the room all the same, until the server drops the session for being silent";
        status.Details.Add(Any.Pack(Info(ErrorReasons.SessionLeftBehind, ErrorReasons.GatewayDomain)));
        return status;
    }

    /// <summary>A number as metadata of an ErrorInfo.</summary>
    public static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
