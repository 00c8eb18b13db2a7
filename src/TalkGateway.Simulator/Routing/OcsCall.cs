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

    /// <summary>The caller's session in the room of the path.</summary>
    public TalkSession? Session => FindSession(Room);

    /// <summary>The message of the path.</summary>
    public Message? FoundMessage => Room.FindMessage(Number("messageId"));

    public Message Message => FoundMessage ?? throw new InvalidOperationException("The route has no message.");

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
        var session = OwnSession(room);
        if (Account is null)
        {
            return session?.Attendee;
        }

        return session is null && Jar.Joined.ContainsKey(room.Token) && Has(Rules.KickedSessionsSeeNothing)
            ? null
            : room.Find(Account);
    }

    /// <summary>The session that this jar of cookies opened.</summary>
    public TalkSession? OwnSession(Room room) => room.FindSession(Jar.Joined.GetValueOrDefault(room.Token));

    /// <summary>The caller's session: the jar's, or, as long as an attendee has only one, the attendee's.</summary>
    public TalkSession? FindSession(Room room)
    {
        var own = OwnSession(room);
        return own is not null || Has(Rules.ManySessions) ? own : FindAttendee(room)?.Sessions.FirstOrDefault();
    }

    /// <summary>A text that servers before 5.0 take for empty when it is missing.</summary>
    public string Argument(string name) => Has(Rules.MissingArgumentsMatter) ? parameters.RequiredText(name) : parameters.Text(name);

    /// <summary>A number whose range newer servers check before the operation runs.</summary>
    public int Ranged(string name, int value, int least, int most) =>
        Has(Rules.RangesAreChecked) && (value < least || value > most) ? throw new BadParameterException(name) : value;

    /// <summary>Counts a refusal as an attempt at guessing.</summary>
    public OcsResult Guessed(OcsResult refusal) =>
        refusal.With("X-Nextcloud-Bruteforce-Throttled", world.BruteForce.Count(Address, world.Clock.GetUtcNow()));

    /// <summary>Tells the room what the caller did, if its version has words for it.</summary>
    public void Tell(string kind, params string[] words)
    {
        world.Announce(Room, Attendee, kind, words: words);
        Room.SignalChange();
    }

    public RoomContext RoomContext(Room room) => new(Viewer(room), room, FindSession(room));

    public OcsResult RoomAnswer() => OcsResult.Ok(RoomView.Render(RoomContext(Room)));

    /// <summary>What setters answer: the room since 21.0, nothing before.</summary>
    public OcsResult Changed() => Has(Rules.SettersAnswerRoom) ? RoomAnswer() : OcsResult.Empty();
}
