using Microsoft.AspNetCore.Http;

namespace TalkGateway.Simulator;

/// <summary>One request on its way through an operation.</summary>
internal sealed class OcsCall(HttpContext http, World world, Caller caller, Parameters parameters, int api, IReadOnlyDictionary<string, string> path, LongPollCounter polls)
{
    public HttpContext Http => http;

    public World World => world;

    public Caller Caller => caller;

    public Parameters Parameters => parameters;

    public int Api => api;

    public TalkVersion Version => world.Version;

    public LongPollCounter Polls => polls;

    public Account? Account => caller.Account;

    public PhpSession Jar => caller.Session;

    public string Address => http.Request.Headers["X-Forwarded-For"].ToString() is { Length: > 0 } forwarded
        ? forwarded.Split(',')[0].Trim()
        : http.Connection.RemoteIpAddress?.ToString() ?? "";

    /// <summary>The room of the path; set by the router for guarded operations.</summary>
    public Room? FoundRoom { get; set; }

    public Attendee? FoundAttendee { get; set; }

    public Room Room => FoundRoom ?? throw new InvalidOperationException("The route has no room.");

    public Attendee Attendee => FoundAttendee ?? throw new InvalidOperationException("The route has no attendee.");

    public string Token => path["token"];

    public int Number(string name) => int.TryParse(path[name], out var number) ? number : 0;

    public string Segment(string name) => path[name];

    public bool Has(VersionRange rule) => rule.Contains(Version);

    public Viewer Viewer(Room room) => new(world, RoomApi, caller.Account, FindAttendee(room));

    public Viewer View => Viewer(Room);

    /// <summary>The shape of rooms in the answer: what was asked, or, where a chat operation answers a room, the newest there is.</summary>
    private int RoomApi => ApiFamilies.Offers(ApiFamily.Conversation, Version, api) ? api : ApiFamilies.Newest(ApiFamily.Conversation, Version);

    /// <summary>
    /// Who the caller is in a room: the account's attendee, or the guest whose session the jar holds. On Talk 10.1 a jar whose session
    /// was replaced is nobody until it joins again.
    /// </summary>
    public Attendee? FindAttendee(Room room)
    {
        var session = room.FindSession(Jar.Joined.GetValueOrDefault(room.Token));
        if (Account is null)
        {
            return session?.Attendee;
        }

        return session is null && Jar.Joined.ContainsKey(room.Token) && Has(Rules.KickedSessionsSeeNothing)
            ? null
            : room.Find(ActorType.Users, Account.Id);
    }

    /// <summary>The caller's session: the jar's, or, as long as an attendee has only one, the attendee's.</summary>
    public TalkSession? FindSession(Room room)
    {
        var own = room.FindSession(Jar.Joined.GetValueOrDefault(room.Token));
        return own is not null || Has(Rules.ManySessions) ? own : FindAttendee(room)?.Sessions.FirstOrDefault();
    }

    public RoomContext RoomContext(Room room) => new(Viewer(room), room, FindSession(room));

    /// <summary>What setters answer: the room since 21.0, nothing before.</summary>
    public OcsResult Changed() => Has(Rules.SettersAnswerRoom) ? OcsResult.Ok(RoomView.Render(RoomContext(Room))) : OcsResult.Empty();
}
