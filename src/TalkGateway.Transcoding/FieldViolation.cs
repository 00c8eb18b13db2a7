namespace TalkGateway.Transcoding;

/// <summary>One thing that is wrong with a request.</summary>
/// <param name="Field">Path of the field in proto names, such as <c>attendee.attendee_id</c>; empty where the message as a whole is malformed.</param>
/// <param name="Description">What is wrong, for the developer of the client. Never holds the value.</param>
public sealed record FieldViolation(string Field, string Description);
