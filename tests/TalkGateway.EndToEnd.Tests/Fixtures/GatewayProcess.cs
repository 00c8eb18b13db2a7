using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace TalkGateway.EndToEnd.Tests.Fixtures;

/// <summary>The program itself, as an operator starts and stops it.</summary>
internal sealed class GatewayProcess : IAsyncDisposable
{
    private const string Listening = "Listening on ";

    private readonly Process _process;
    private readonly StringBuilder _errors = new();
    private readonly TaskCompletionSource<Uri> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private GatewayProcess(Process process) => _process = process;

    /// <summary>Where it listens; fails when it ends before it does.</summary>
    public Task<Uri> Address => _address.Task;

    /// <summary>What it wrote to standard error so far.</summary>
    public string Errors
    {
        get
        {
            lock (_errors)
            {
                return _errors.ToString();
            }
        }
    }

    /// <summary>Starts it.</summary>
    /// <param name="environment">Variables besides those of the test; null removes one.</param>
    /// <param name="arguments">The command line.</param>
    public static GatewayProcess Start(IReadOnlyDictionary<string, string?> environment, params string[] arguments) =>
        Start(["dotnet"], environment, arguments);

    /// <summary>Starts it so that the modes of files count, which they do not for root.</summary>
    public static GatewayProcess StartWithoutPrivileges(IReadOnlyDictionary<string, string?> environment, params string[] arguments) =>
        Start(Environment.IsPrivilegedProcess ? ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "dotnet"] : ["dotnet"], environment, arguments);

    private static GatewayProcess Start(string[] command, IReadOnlyDictionary<string, string?> environment, string[] arguments)
    {
        var start = new ProcessStartInfo(command[0], [.. command[1..], Path.Combine(AppContext.BaseDirectory, "TalkGateway.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        var gateway = new GatewayProcess(new Process { StartInfo = start, EnableRaisingEvents = true });
        gateway.Run();
        return gateway;
    }

    /// <summary>Asks it to stop, as orchestrators do.</summary>
    public void Terminate()
    {
        using var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    /// <summary>Waits for its end.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> ExitAsync()
    {
        await _process.WaitForExitAsync();
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private void Run()
    {
        _process.OutputDataReceived += (_, line) =>
        {
            if (line.Data?.StartsWith(Listening, StringComparison.Ordinal) == true)
            {
                _address.TrySetResult(new Uri(line.Data[Listening.Length..]));
            }
        };
        _process.ErrorDataReceived += (_, line) =>
        {
            lock (_errors)
            {
                _errors.AppendLine(line.Data);
            }
        };
        _process.Exited += (_, _) => _address.TrySetException(new InvalidOperationException($"The gateway ended before it listened. {Errors}"));
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }
}
