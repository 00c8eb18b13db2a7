using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace TalkGateway.Simulator;

/// <summary>
/// A Nextcloud Talk server in memory, over real HTTP on 127.0.0.1. Accounts alice, bob and carol (and the administrator admin) have their own name as
/// password; alice and bob are the group team. What only a test may do (faults, another profile, app passwords by hand) is here and
/// cannot be reached over HTTP. All members are safe for concurrent use.
/// </summary>
public sealed class TalkSimulator : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly World _world;
    private readonly RequestPipeline _pipeline;
    private readonly LongPollCounter _polls;

    private TalkSimulator(WebApplication app, World world, RequestPipeline pipeline, LongPollCounter polls)
    {
        _app = app;
        _world = world;
        _pipeline = pipeline;
        _polls = polls;
        BaseAddress = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
    }

    /// <summary>The accounts of people that every simulator has, each with its name as password.</summary>
    public static IReadOnlyList<string> Users { get; } = [.. Accounts.People.Select(person => person.Id)];

    /// <summary>Where the server listens.</summary>
    public Uri BaseAddress { get; }

    /// <summary>The faults that tests plan.</summary>
    public FaultSource Faults => _pipeline.Faults;

    /// <summary>What clients asked.</summary>
    public RequestLog Requests => _pipeline.Log;

    /// <summary>How many long polls (chat and signaling) wait right now.</summary>
    public int LongPolls => _polls.Count;

    /// <summary>How many long polls had to wait since the start.</summary>
    public int LongPollsSoFar => _polls.Total;

    /// <summary>The version the server is. Setting it is an upgrade (or a downgrade): accounts, rooms and sessions stay.</summary>
    public TalkProfile Profile
    {
        get
        {
            lock (_world.Gate)
            {
                return _world.Profile;
            }
        }

        set
        {
            ArgumentNullException.ThrowIfNull(value);
            lock (_world.Gate)
            {
                _world.Profile = value;
            }
        }
    }

    /// <summary>Whether the server answers everything but status.php with 503.</summary>
    public bool IsInMaintenance
    {
        get => _pipeline.IsInMaintenance;
        set => _pipeline.IsInMaintenance = value;
    }

    /// <summary>Whether failed attempts count against an address; switching it off forgets those that were counted.</summary>
    public bool BruteForceProtection
    {
        get
        {
            lock (_world.Gate)
            {
                return _world.BruteForce.IsOn;
            }
        }

        set
        {
            lock (_world.Gate)
            {
                _world.BruteForce.IsOn = value;
                if (!value)
                {
                    _world.BruteForce.Reset();
                }
            }
        }
    }

    /// <summary>Starts a server; it answers when the task is done.</summary>
    /// <exception cref="ArgumentException">There is no profile of that name.</exception>
    public static async Task<TalkSimulator> StartAsync(SimulatorOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new SimulatorOptions();
        var world = new World(options.TimeProvider) { Profile = TalkProfile.Find(options.Profile) };
        world.BruteForce.IsOn = options.BruteForceProtection;
        if (options.SeedDemoData)
        {
            DemoData.Seed(world);
        }

        var polls = new LongPollCounter();
        var router = new Router(world, new Authenticator(world, options.LoginCosts), polls);
        var pipeline = new RequestPipeline(world, router, new FaultSource(), new RequestLog(options.LogRequests));

        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(System.Net.IPAddress.Loopback, options.Port);
        });
        var app = builder.Build();
        app.Run(pipeline.HandleAsync);
        await app.StartAsync(cancellationToken);
        return new TalkSimulator(app, world, pipeline, polls);
    }

    /// <summary>Completes when exactly this many long polls wait, so that a test need not guess when a client has begun to.</summary>
    public Task WaitForLongPollsAsync(int count, CancellationToken cancellationToken = default) => _polls.WaitForAsync(count, cancellationToken);

    /// <summary>Adds an account, for tests that need more than there are.</summary>
    /// <param name="user">The user id.</param>
    /// <param name="displayName">The name others see.</param>
    /// <param name="password">The password; the user id if null.</param>
    /// <exception cref="ArgumentException">There is such an account already.</exception>
    public void AddAccount(string user, string displayName, string? password = null)
    {
        lock (_world.Gate)
        {
            _world.Accounts.Add(new Account(user, displayName, password ?? user, isAdmin: false));
        }
    }

    /// <summary>Issues an app password.</summary>
    /// <param name="user">The account.</param>
    /// <exception cref="ArgumentException">There is no such account.</exception>
    public string IssueAppPassword(string user)
    {
        lock (_world.Gate)
        {
            return _world.Accounts.IssueAppPassword(Find(user));
        }
    }

    /// <summary>Revokes an app password; the cookie sessions that stand on it end with it.</summary>
    /// <returns>Whether there was such an app password.</returns>
    public bool RevokeAppPassword(string appPassword)
    {
        lock (_world.Gate)
        {
            return _world.Accounts.RevokeAppPassword(appPassword);
        }
    }

    /// <summary>Changes an account's password; the cookie sessions that stand on the old one end.</summary>
    /// <exception cref="ArgumentException">There is no such account.</exception>
    public void ChangePassword(string user, string password)
    {
        lock (_world.Gate)
        {
            Find(user).Password = password;
        }
    }

    /// <summary>Sets the folder that an account keeps attachments in, which its capabilities tell.</summary>
    /// <exception cref="ArgumentException">There is no such account.</exception>
    public void SetAttachmentFolder(string user, string folder)
    {
        lock (_world.Gate)
        {
            Find(user).AttachmentFolder = folder;
        }
    }

    /// <summary>Sets the status that others see of an account; null takes it away.</summary>
    /// <exception cref="ArgumentException">There is no such account.</exception>
    public void SetStatus(string user, UserStatus? status)
    {
        lock (_world.Gate)
        {
            Find(user).Status = status;
        }
    }

    /// <summary>Ends every PHP session, as a restart of the session store does: cookies are worth nothing from here on.</summary>
    public void ForgetSessions()
    {
        lock (_world.Gate)
        {
            _world.PhpSessions.Clear();
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        using var atOnce = new CancellationTokenSource();
        await atOnce.CancelAsync();
        await _app.StopAsync(atOnce.Token);
        await _app.DisposeAsync();
    }

    private Account Find(string user) => _world.Accounts.Find(user) ?? throw new ArgumentException($"There is no account {user}.", nameof(user));
}
