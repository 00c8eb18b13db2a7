using System.Diagnostics;
using System.Text.Json;

namespace TalkGateway.LoadTest.Servers;

/// <summary>A child of this program, so that its CPU time and memory can be told from everybody else's.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;

    private ServerProcess(Process process)
    {
        _process = process;
        Ready = null!;
    }

    public ServerReady Ready { get; private set; }

    public Uri Address => Ready.Address;

    public static Task<ServerProcess> StartGatewayAsync(Uri upstream, CancellationToken cancellationToken) =>
        StartAsync(["serve-gateway", "--upstream", upstream.AbsoluteUri], asShipped: true, cancellationToken);

    public static Task<ServerProcess> StartBareHopsAsync(Uri upstream, CancellationToken cancellationToken) =>
        StartAsync(["serve-hops", "--upstream", upstream.AbsoluteUri], asShipped: true, cancellationToken);

    public static Task<ServerProcess> StartCannedAsync(string profile, CancellationToken cancellationToken) =>
        StartAsync(["serve-answers", "--profile", profile], asShipped: false, cancellationToken);

    public static Task<ServerProcess> StartCostlySimulatorAsync(CancellationToken cancellationToken) =>
        StartAsync(["serve-simulator"], asShipped: false, cancellationToken);

    public async Task<Usage> UsageAsync(CancellationToken cancellationToken)
    {
        await _process.StandardInput.WriteLineAsync(ControlPipe.UsageQuestion.AsMemory(), cancellationToken);
        await _process.StandardInput.FlushAsync(cancellationToken);
        return await ReadAsync<Usage>(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        try
        {
            await _process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    /// <param name="arguments">The child's command line.</param>
    /// <param name="asShipped">With the garbage collector of the shipped gateway; the others keep out of its way with a smaller one.</param>
    /// <param name="cancellationToken">Gives up.</param>
    private static async Task<ServerProcess> StartAsync(string[] arguments, bool asShipped, CancellationToken cancellationToken)
    {
        var program = Environment.ProcessPath!;
        var start = new ProcessStartInfo(program) { RedirectStandardInput = true, RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(program) == "dotnet")
        {
            start.ArgumentList.Add(typeof(ServerProcess).Assembly.Location);
        }

        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        if (!asShipped)
        {
            start.Environment["DOTNET_gcServer"] = "0";
        }

        var server = new ServerProcess(Process.Start(start)!);
        try
        {
            server.Ready = await server.ReadAsync<ServerReady>(cancellationToken);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    private async Task<T> ReadAsync<T>(CancellationToken cancellationToken)
    {
        var line = await _process.StandardOutput.ReadLineAsync(cancellationToken).AsTask().WaitAsync(Patience, cancellationToken)
            ?? throw new InvalidOperationException($"The child '{string.Join(' ', _process.StartInfo.ArgumentList)}' ended; its standard error says why.");
        return JsonSerializer.Deserialize<T>(line)!;
    }
}
