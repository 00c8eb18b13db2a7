using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace TalkGateway.Rpc;

/// <summary>What every call needs from the host.</summary>
internal sealed class RpcServices(IOptions<RpcServerOptions> options, RpcBudgets budgets, TimeProvider time, ILoggerFactory loggers)
{
    public RpcServerOptions Options { get; } = options.Value;

    public RpcBudgets Budgets { get; } = budgets;

    public TimeProvider Time { get; } = time;

    public ILogger Logger { get; } = loggers.CreateLogger("TalkGateway.Rpc");
}
