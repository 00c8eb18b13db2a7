using TalkGateway;
using TalkGateway.Configuration;

return await CommandLine.InvokeAsync(args, GatewayHost.RunAsync);
