using Google.Protobuf.WellKnownTypes;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using TalkGateway.Rpc.Tests.Protos;
using Xunit;

namespace TalkGateway.Rpc.Tests;

public sealed class BindingTests
{
    public static TheoryData<string, Action<RpcServiceBinder>> Misfits => new()
    {
        { "no such method", echo => echo.UnaryBytes("Nonsense", (_, _, _) => default) },
        { "of another kind", echo => echo.UnaryBytes("Bidi", (_, _, _) => default) },
        { "of another kind", echo => echo.ServerStreamingBytes("Unary", (_, _, _) => default) },
        { "of another message", echo => echo.Unary<Empty, EchoResponse>("Unary", (_, _) => new(new EchoResponse())) },
        { "of another message", echo => echo.Unary<EchoRequest, Empty>("Unary", (_, _) => new(new Empty())) },
        { "bound twice", echo => echo.UnaryBytes("Unary", (_, _, _) => default).UnaryBytes("Unary", (_, _, _) => default) },
    };

    [Theory]
    [MemberData(nameof(Misfits))]
    public async Task Handler_that_does_not_fit_its_service_is_refused_at_start(string because, Action<RpcServiceBinder> bind)
    {
        Assert.NotEmpty(because);
        await Assert.ThrowsAsync<ArgumentException>(() => RpcTestHost.StartEchoAsync(bind));
    }

    [Fact]
    public async Task Service_is_mapped_once()
    {
        await Assert.ThrowsAsync<InvalidOperationException>(() => RpcTestHost.StartAsync(app =>
        {
            app.MapRpcHealth();
            app.MapRpcHealth();
        }));
    }

    [Fact]
    public async Task Mapping_without_the_services_says_what_is_missing()
    {
        await using var app = WebApplication.CreateSlimBuilder().Build();

        var thrown = Assert.Throws<InvalidOperationException>(() => app.MapRpcService(EchoReflection.Descriptor.Services[0], _ => { }));

        Assert.Contains("AddRpc", thrown.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, null, 0, "MaxReceiveMessageSize")]
    [InlineData((1 << 30) + 1, null, 0, "MaxReceiveMessageSize")]
    [InlineData(1, 0, 0, "MaxSendMessageSize")]
    [InlineData(1, null, -1, "ResponseCompressionThreshold")]
    public async Task Options_out_of_range_stop_the_start_and_are_named(int receive, int? send, int threshold, string named)
    {
        var thrown = await Assert.ThrowsAsync<OptionsValidationException>(() => RpcTestHost.StartEchoAsync(_ => { }, options =>
        {
            options.MaxReceiveMessageSize = receive;
            options.MaxSendMessageSize = send;
            options.ResponseCompressionThreshold = threshold;
        }));

        Assert.Contains(named, thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Conventions_reach_every_endpoint_of_a_service()
    {
        await using var host = await RpcTestHost.StartAsync(
            app =>
            {
                app.UseAuthorization();
                app.MapRpcService(EchoReflection.Descriptor.Services[0], echo => echo.Unary<EchoRequest, EchoResponse>("Unary", (_, _) => new(new EchoResponse())))
                    .RequireAuthorization(policy => policy.RequireAssertion(_ => false));
            },
            build: builder =>
            {
                builder.Services.AddAuthorization();
                builder.Services.AddAuthentication("none").AddScheme<Microsoft.AspNetCore.Authentication.AuthenticationSchemeOptions, NoAuthentication>("none", null);
            });

        foreach (var method in (string[])["Unary", "Unbound"])
        {
            var reply = await host.Client.CallAsync<EchoResponse>("/rpctest.EchoService/" + method, new EchoRequest());
            Assert.Equal(System.Net.HttpStatusCode.Unauthorized, reply.HttpStatus);
        }
    }

    private sealed class NoAuthentication(
        IOptionsMonitor<Microsoft.AspNetCore.Authentication.AuthenticationSchemeOptions> options,
        Microsoft.Extensions.Logging.ILoggerFactory loggers,
        System.Text.Encodings.Web.UrlEncoder encoder)
        : Microsoft.AspNetCore.Authentication.AuthenticationHandler<Microsoft.AspNetCore.Authentication.AuthenticationSchemeOptions>(options, loggers, encoder)
    {
        protected override Task<Microsoft.AspNetCore.Authentication.AuthenticateResult> HandleAuthenticateAsync() =>
            Task.FromResult(Microsoft.AspNetCore.Authentication.AuthenticateResult.NoResult());
    }
}
