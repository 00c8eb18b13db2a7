using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.AspNetCore.Http;
using TalkGateway.Rpc.Protocols;

namespace TalkGateway.Rpc;

/// <summary>What browsers of other origins need in order to call rpcs.</summary>
public static class RpcCorsExtensions
{
    /// <summary>
    /// Allows the methods and headers of gRPC-Web and Connect, and exposes those of their answers. Origins, and the metadata keys of
    /// the services themselves (<c>authorization</c> among them), are for the host to add.
    /// </summary>
    /// <param name="policy">The policy to widen.</param>
    /// <param name="metadata">Request metadata keys that callers may send.</param>
    public static CorsPolicyBuilder WithRpc(this CorsPolicyBuilder policy, params string[] metadata) =>
        policy
            .WithMethods(HttpMethods.Get, HttpMethods.Post)
            .WithHeaders(
            [
                "content-type", "content-encoding", "x-grpc-web", "x-user-agent", "grpc-timeout", "grpc-encoding", "grpc-accept-encoding",
                "connect-protocol-version", "connect-timeout-ms", "connect-content-encoding", "connect-accept-encoding", .. metadata,
            ])
            .WithExposedHeaders(
                "grpc-status",
                "grpc-message",
                "grpc-status-details-bin",
                "grpc-encoding",
                "grpc-accept-encoding",
                "connect-content-encoding",
                "connect-accept-encoding",
                "content-encoding");

    /// <summary>Lets pages read metadata of answers, whether it comes as a header or as a trailer, which is a header with a prefix in Connect's unary calls.</summary>
    /// <param name="policy">The policy to widen.</param>
    /// <param name="metadata">Response metadata keys that the services set.</param>
    public static CorsPolicyBuilder WithExposedMetadata(this CorsPolicyBuilder policy, params string[] metadata) =>
        policy.WithExposedHeaders([.. metadata, .. metadata.Select(key => ConnectUnaryProtocol.TrailerPrefix + key)]);
}
