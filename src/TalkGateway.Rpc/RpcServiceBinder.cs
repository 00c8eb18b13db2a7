using Google.Protobuf;
using Google.Protobuf.Reflection;
using TalkGateway.Rpc.Methods;

namespace TalkGateway.Rpc;

/// <summary>
/// Binds handlers to the methods of one service, by method name. A method without a handler answers UNIMPLEMENTED.
/// Every binding throws <see cref="ArgumentException"/> when the service has no such method, the method is of another kind,
/// has other message types, or is bound already.
/// </summary>
public sealed class RpcServiceBinder
{
    private readonly ServiceDescriptor _service;
    private readonly Dictionary<string, RpcMethod> _methods = new(StringComparer.Ordinal);

    internal RpcServiceBinder(ServiceDescriptor service)
    {
        _service = service;
    }

    internal IEnumerable<RpcMethod> Methods => _methods.Values;

    /// <summary>Binds a unary method to a handler of wire bytes.</summary>
    public RpcServiceBinder UnaryBytes(string method, UnaryBytesHandler handler) =>
        Bind(new UnaryBytesMethod(Find(method, clientStreaming: false, serverStreaming: false), handler));

    /// <summary>Binds a server-streaming method to a handler of wire bytes.</summary>
    public RpcServiceBinder ServerStreamingBytes(string method, ServerStreamingBytesHandler handler) =>
        Bind(new ServerStreamingBytesMethod(Find(method, clientStreaming: false, serverStreaming: true), handler));

    /// <summary>Binds a client-streaming method to a handler of wire bytes.</summary>
    public RpcServiceBinder ClientStreamingBytes(string method, ClientStreamingBytesHandler handler) =>
        Bind(new ClientStreamingBytesMethod(Find(method, clientStreaming: true, serverStreaming: false), handler));

    /// <summary>Binds a bidirectional method to a handler of wire bytes.</summary>
    public RpcServiceBinder BidiStreamingBytes(string method, BidiStreamingBytesHandler handler) =>
        Bind(new BidiStreamingBytesMethod(Find(method, clientStreaming: true, serverStreaming: true), handler));

    /// <summary>Binds a unary method to a handler of messages.</summary>
    public RpcServiceBinder Unary<TRequest, TResponse>(string method, UnaryHandler<TRequest, TResponse> handler)
        where TRequest : IMessage<TRequest>, new()
        where TResponse : IMessage<TResponse> =>
        Bind(new UnaryMethod<TRequest, TResponse>(
            Find<TRequest, TResponse>(method, clientStreaming: false, serverStreaming: false), Parser<TRequest>(), handler));

    /// <summary>Binds a server-streaming method to a handler of messages.</summary>
    public RpcServiceBinder ServerStreaming<TRequest, TResponse>(string method, ServerStreamingHandler<TRequest, TResponse> handler)
        where TRequest : IMessage<TRequest>, new()
        where TResponse : IMessage<TResponse> =>
        Bind(new ServerStreamingMethod<TRequest, TResponse>(
            Find<TRequest, TResponse>(method, clientStreaming: false, serverStreaming: true), Parser<TRequest>(), handler));

    /// <summary>Binds a client-streaming method to a handler of messages.</summary>
    public RpcServiceBinder ClientStreaming<TRequest, TResponse>(string method, ClientStreamingHandler<TRequest, TResponse> handler)
        where TRequest : IMessage<TRequest>, new()
        where TResponse : IMessage<TResponse> =>
        Bind(new ClientStreamingMethod<TRequest, TResponse>(
            Find<TRequest, TResponse>(method, clientStreaming: true, serverStreaming: false), Parser<TRequest>(), handler));

    /// <summary>Binds a bidirectional method to a handler of messages.</summary>
    public RpcServiceBinder BidiStreaming<TRequest, TResponse>(string method, BidiStreamingHandler<TRequest, TResponse> handler)
        where TRequest : IMessage<TRequest>, new()
        where TResponse : IMessage<TResponse> =>
        Bind(new BidiStreamingMethod<TRequest, TResponse>(
            Find<TRequest, TResponse>(method, clientStreaming: true, serverStreaming: true), Parser<TRequest>(), handler));

    private static MessageParser<T> Parser<T>()
        where T : IMessage<T>, new() => new(static () => new T());

    private RpcServiceBinder Bind(RpcMethod method) =>
        _methods.TryAdd(method.Descriptor.Name, method)
            ? this
            : throw new ArgumentException($"{method.Descriptor.FullName} is bound already.");

    private MethodDescriptor Find<TRequest, TResponse>(string name, bool clientStreaming, bool serverStreaming)
        where TRequest : IMessage<TRequest>, new()
    {
        var method = Find(name, clientStreaming, serverStreaming);
        if (method.InputType.ClrType != typeof(TRequest) || method.OutputType.ClrType != typeof(TResponse))
        {
            throw new ArgumentException(
                $"{method.FullName} maps {method.InputType.FullName} to {method.OutputType.FullName}, not {typeof(TRequest).Name} to {typeof(TResponse).Name}.",
                nameof(name));
        }

        return method;
    }

    private MethodDescriptor Find(string name, bool clientStreaming, bool serverStreaming)
    {
        var method = _service.FindMethodByName(name)
            ?? throw new ArgumentException($"{_service.FullName} has no method {name}.", nameof(name));
        return method.IsClientStreaming == clientStreaming && method.IsServerStreaming == serverStreaming
            ? method
            : throw new ArgumentException($"{method.FullName} is of another kind: client streaming {method.IsClientStreaming}, server streaming {method.IsServerStreaming}.", nameof(name));
    }
}
