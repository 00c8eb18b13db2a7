using TalkGateway.Talk.Failures;

namespace TalkGateway.Talk.Transport;

/// <summary>Failures that more than one place has to tell.</summary>
internal static class UpstreamFailures
{
    /// <summary>Nextcloud names no time with its own limits and its maintenance: seconds would only add load.</summary>
    private static readonly TimeSpan UsualDelay = TimeSpan.FromSeconds(30);

    /// <summary>When an answer that puts the caller off makes it sensible to try again; null where it does not put off.</summary>
    public static TimeSpan? RetryDelay(OcsAnswer answer, TimeProvider time) =>
        answer.RetryAfter(time.GetUtcNow()) ?? (answer.Status is 429 or 503 ? UsualDelay : null);

    /// <summary>The server answered a question of the gateway's own with an error, or with something that is no answer to it.</summary>
    public static UpstreamException QuestionRefused(string upstream, string question, OcsAnswer answer, TimeProvider time) =>
        new(new UpstreamFailure(
            UpstreamFailureKind.QuestionRefused,
            upstream,
            $"The server \"{upstream}\" answered HTTP status {answer.Status}{(answer.IsSuccess ? ", but with something that is no answer," : "")} when asked {question}.")
        {
            Status = answer.Status,
            RetryAfter = RetryDelay(answer, time),
            MayHaveArrived = true,
            IsOfRead = true,
        });
}
