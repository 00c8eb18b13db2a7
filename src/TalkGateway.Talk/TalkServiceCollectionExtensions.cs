using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TalkGateway.Memory;
using TalkGateway.Talk.Calls;
using TalkGateway.Talk.Configuration;
using TalkGateway.Talk.Servers;
using TalkGateway.Talk.Sessions;

namespace TalkGateway.Talk;

/// <summary>Registers the upstream side.</summary>
public static class TalkServiceCollectionExtensions
{
    /// <summary>
    /// Adds <see cref="TalkInvoker"/> and <see cref="TalkUpstreams"/>. The host brings ASP.NET Core Data Protection, whose keys
    /// seal session tokens; the clock is the registered <see cref="TimeProvider"/>, or the system's.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="options">The servers.</param>
    /// <param name="answers">What the servers' answers together may hold in memory.</param>
    /// <exception cref="OptionsValidationException">The options are wrong; the message names key, value and remedy.</exception>
    public static IServiceCollection AddTalk(this IServiceCollection services, UpstreamsOptions options, ByteBudget answers)
    {
        var result = new UpstreamsOptionsValidator().Validate(null, options);
        if (result.Failed)
        {
            throw new OptionsValidationException(UpstreamsOptions.Section, typeof(UpstreamsOptions), result.Failures);
        }

        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(provider => new SessionTokens(provider.GetRequiredService<IDataProtectionProvider>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new UpstreamRegistry(options, (name, upstream) => new UpstreamServer(
            name,
            upstream,
            provider.GetRequiredService<SessionTokens>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILoggerFactory>(),
            answers,
            provider.GetService<UpstreamHandlerFactory>()?.Invoke(name))));
        services.AddSingleton(provider => new TalkUpstreams(provider.GetRequiredService<UpstreamRegistry>()));
        services.AddSingleton(provider => new TalkInvoker(
            TalkContract.Plans, TalkContract.Polyfills, provider.GetRequiredService<UpstreamRegistry>(), provider.GetRequiredService<TimeProvider>()));
        return services;
    }
}

/// <summary>Puts something else in the place of an upstream's connections. For tests.</summary>
/// <param name="upstream">Name of the upstream.</param>
internal delegate HttpMessageHandler? UpstreamHandlerFactory(string upstream);
