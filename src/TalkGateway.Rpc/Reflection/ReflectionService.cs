using System.Buffers;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using TalkGateway.Rpc.Hosting;
using TalkGateway.Rpc.Reflection.V1;
using TalkGateway.Rpc.Wire;

namespace TalkGateway.Rpc.Reflection;

/// <summary>
/// <c>grpc.reflection.v1</c> and <c>v1alpha</c>. The two differ in their package only, so one handler serves both, as wire bytes.
/// </summary>
internal sealed class ReflectionService(RpcServiceRegistry registry)
{
    private readonly Lock _gate = new();
    private (IReadOnlyList<ServiceDescriptor> Services, DescriptorIndex Index)? _cache;

    public IReadOnlyList<IEndpointConventionBuilder> Map(IEndpointRouteBuilder endpoints) =>
    [
        endpoints.MapRpcService(V1.ReflectionReflection.Descriptor.Services[0], Bind),
        endpoints.MapRpcService(V1Alpha.ReflectionReflection.Descriptor.Services[0], Bind),
    ];

    private void Bind(RpcServiceBinder binder) => binder.BidiStreamingBytes("ServerReflectionInfo", AnswerAsync);

    private async ValueTask AnswerAsync(RpcCall call, IRpcRequestReader<ReadOnlySequence<byte>> requests, IRpcResponseWriter<ReadOnlyMemory<byte>> responses)
    {
        var index = GetIndex();
        var sent = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var bytes in requests)
        {
            var request = BinaryCodec.Instance.Decode(ServerReflectionRequest.Descriptor, ServerReflectionRequest.Parser, bytes);
            await responses.WriteAsync(Answer(index, request, sent).ToByteArray());
        }
    }

    // Services may be mapped after this one, until the host runs.
    private DescriptorIndex GetIndex()
    {
        var services = registry.Services;
        lock (_gate)
        {
            if (_cache is not { } cache || !ReferenceEquals(cache.Services, services))
            {
                _cache = cache = (services, new DescriptorIndex(services));
            }

            return cache.Index;
        }
    }

    private static ServerReflectionResponse Answer(DescriptorIndex index, ServerReflectionRequest request, HashSet<string> sent)
    {
        var response = new ServerReflectionResponse { ValidHost = request.Host, OriginalRequest = request };
        switch (request.MessageRequestCase)
        {
            case ServerReflectionRequest.MessageRequestOneofCase.ListServices:
                response.ListServicesResponse = new ListServiceResponse();
                response.ListServicesResponse.Service.AddRange(index.Services.Select(name => new ServiceResponse { Name = name }));
                break;
            case ServerReflectionRequest.MessageRequestOneofCase.FileByFilename:
                AnswerFile(response, index.FindFile(request.FileByFilename), request.FileByFilename, sent);
                break;
            case ServerReflectionRequest.MessageRequestOneofCase.FileContainingSymbol:
                AnswerFile(response, index.FindSymbol(request.FileContainingSymbol), request.FileContainingSymbol, sent);
                break;
            case ServerReflectionRequest.MessageRequestOneofCase.FileContainingExtension:
                var extension = request.FileContainingExtension;
                AnswerFile(
                    response,
                    index.FindExtension(extension.ContainingType, extension.ExtensionNumber),
                    $"{extension.ContainingType} extension {extension.ExtensionNumber}",
                    sent);
                break;
            case ServerReflectionRequest.MessageRequestOneofCase.AllExtensionNumbersOfType:
                if (index.FindExtensionNumbers(request.AllExtensionNumbersOfType) is { } numbers)
                {
                    response.AllExtensionNumbersResponse = new ExtensionNumberResponse { BaseTypeName = request.AllExtensionNumbersOfType };
                    response.AllExtensionNumbersResponse.ExtensionNumber.AddRange(numbers);
                }
                else
                {
                    response.ErrorResponse = Error(RpcStatusCode.NotFound, $"{request.AllExtensionNumbersOfType} is not known.");
                }

                break;
            default:
                response.ErrorResponse = Error(RpcStatusCode.InvalidArgument, "The request asks for nothing.");
                break;
        }

        return response;
    }

    private static void AnswerFile(ServerReflectionResponse response, FileDescriptor? file, string name, HashSet<string> sent)
    {
        if (file is null)
        {
            response.ErrorResponse = Error(RpcStatusCode.NotFound, $"{name} is not known.");
            return;
        }

        // The file asked for always, what it imports once per stream.
        response.FileDescriptorResponse = new FileDescriptorResponse();
        response.FileDescriptorResponse.FileDescriptorProto.Add(file.SerializedData);
        sent.Add(file.Name);
        AddImports(file);

        void AddImports(FileDescriptor importer)
        {
            foreach (var import in importer.Dependencies)
            {
                if (sent.Add(import.Name))
                {
                    response.FileDescriptorResponse.FileDescriptorProto.Add(import.SerializedData);
                    AddImports(import);
                }
            }
        }
    }

    private static ErrorResponse Error(RpcStatusCode code, string message) => new() { ErrorCode = (int)code, ErrorMessage = message };
}
