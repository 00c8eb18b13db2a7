using TalkGateway.Transcoding.Answers;
using TalkGateway.Transcoding.Requests;

namespace TalkGateway.Transcoding.Compilation;

/// <summary>An operation as it is on some servers.</summary>
/// <param name="When">These servers; null for all.</param>
/// <param name="Request">How the request is written.</param>
/// <param name="Answer">How the answer is read.</param>
internal sealed record OperationVariant(ServerCondition? When, RequestPlan Request, AnswerPlan Answer);
