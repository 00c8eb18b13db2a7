namespace TalkGateway.Transcoding;

/// <summary>
/// Finds the value of a field in other members of its JSON object (<c>Field.fallback</c>). Called at the end of an object for a
/// field that neither its name nor an alias filled, and for an integer field whose member was a JSON boolean.
/// </summary>
/// <param name="jsonObject">The whole object, valid JSON, from brace to brace. <see cref="JsonMember"/> finds members in it.</param>
/// <param name="result">Takes the value. Left alone, the field stays as it is: absent, or 1 or 0 for a JSON boolean.</param>
public delegate void FallbackConversion(ReadOnlySpan<byte> jsonObject, ref FallbackResult result);
