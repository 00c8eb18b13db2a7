namespace TalkGateway.Simulator;

/// <summary>
/// What most operations do, made of what differs between them, so that they are rows of a table. As on a server, the parameters are
/// read first, then the operation refuses what it must, then the value is checked, then something happens.
/// </summary>
internal static class Handlers
{
    /// <summary>Goes on with a value, unless something is refused.</summary>
    public static Func<OcsCall, OcsResult> Take<T>(Input<T> input, Func<OcsCall, T, OcsResult> then, params Refusal[] refusals) => call =>
    {
        var value = input.Read(call);
        return Refused(call, refusals) ?? input.Check(call, value) ?? then(call, value);
    };

    /// <summary>Goes on unless something is refused; around another handler that is before anything is read.</summary>
    public static Func<OcsCall, OcsResult> Do(Func<OcsCall, OcsResult> then, params Refusal[] refusals) => call => Refused(call, refusals) ?? then(call);

    /// <summary>Sets something that nobody is told of.</summary>
    public static Func<OcsCall, OcsResult> Set<T>(Input<T> input, Action<OcsCall, T> set, params Refusal[] refusals) => Take(
        input,
        (call, value) =>
        {
            set(call, value);
            return call.Changed();
        },
        refusals);

    /// <summary>Sets something that the room is told of when it changes.</summary>
    public static Func<OcsCall, OcsResult> Set<T>(
        Input<T> input, Func<OcsCall, T?> get, Action<OcsCall, T> set, Func<T, string> tells, params Refusal[] refusals) => Set(
        input,
        (call, value) =>
        {
            if (!EqualityComparer<T>.Default.Equals(get(call), value))
            {
                set(call, value);
                call.Tell(tells(value));
            }
        },
        refusals);

    /// <summary>Shows one thing.</summary>
    public static Func<OcsCall, OcsResult> Get<T>(Func<OcsCall, T> item, Field<Seen<T>>[] view) => call => OcsResult.Ok(Field.Render(view, call, item(call)));

    /// <summary>Shows many things.</summary>
    public static Func<OcsCall, OcsResult> List<T>(Func<OcsCall, IEnumerable<T>> items, Field<Seen<T>>[] view) =>
        call => OcsResult.List(items(call).Select(i => Field.Render(view, call, i)));

    /// <summary>Refuses everybody, since this server lacks what the operation needs.</summary>
    public static Func<OcsCall, OcsResult> Lacks(int status, string? reason = null) => _ => OcsResult.Error(status, reason);

    private static OcsResult? Refused(OcsCall call, Refusal[] refusals) => refusals.Select(r => r(call)).FirstOrDefault(r => r is not null);
}
