using Google.Protobuf.Reflection;
using Google.Rpc;

namespace TalkGateway.Rpc.Reflection;

/// <summary>
/// Finds the files that services are described in, by name, symbol and extension: their own, all those imported, and that of
/// Google's error details, which no service imports and tools such as grpcurl ask for to show them.
/// </summary>
internal sealed class DescriptorIndex
{
    private readonly Dictionary<string, FileDescriptor> _byName = new(StringComparer.Ordinal);
    private readonly Dictionary<string, FileDescriptor> _bySymbol = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SortedDictionary<int, FileDescriptor>> _extensions = new(StringComparer.Ordinal);

    public DescriptorIndex(IReadOnlyList<ServiceDescriptor> services)
    {
        Services = [.. services.Select(service => service.FullName).Order(StringComparer.Ordinal)];
        foreach (var service in services)
        {
            Add(service.File);
        }

        Add(ErrorDetailsReflection.Descriptor);
    }

    public IReadOnlyList<string> Services { get; }

    public FileDescriptor? FindFile(string name) => _byName.GetValueOrDefault(name);

    public FileDescriptor? FindSymbol(string symbol) => _bySymbol.GetValueOrDefault(symbol.TrimStart('.'));

    public FileDescriptor? FindExtension(string type, int number) =>
        _extensions.TryGetValue(type, out var numbers) ? numbers.GetValueOrDefault(number) : null;

    /// <summary>The extension numbers of a message; null when there is no such message.</summary>
    public IReadOnlyCollection<int>? FindExtensionNumbers(string type) =>
        _extensions.TryGetValue(type, out var numbers) ? numbers.Keys
        : _bySymbol.ContainsKey(type) ? []
        : null;

    private void Add(FileDescriptor file)
    {
        if (!_byName.TryAdd(file.Name, file))
        {
            return;
        }

        foreach (var dependency in file.Dependencies)
        {
            Add(dependency);
        }

        foreach (var service in file.Services)
        {
            _bySymbol[service.FullName] = file;
            foreach (var method in service.Methods)
            {
                _bySymbol[method.FullName] = file;
            }
        }

        foreach (var message in file.MessageTypes)
        {
            Add(message);
        }

        foreach (var type in file.EnumTypes)
        {
            Add(type);
        }

        foreach (var extension in file.Extensions.UnorderedExtensions)
        {
            AddExtension(extension);
        }
    }

    private void Add(MessageDescriptor message)
    {
        _bySymbol[message.FullName] = message.File;
        foreach (var field in message.Fields.InDeclarationOrder())
        {
            _bySymbol[field.FullName] = message.File;
        }

        foreach (var oneof in message.Oneofs)
        {
            _bySymbol[oneof.FullName] = message.File;
        }

        foreach (var nested in message.NestedTypes)
        {
            Add(nested);
        }

        foreach (var type in message.EnumTypes)
        {
            Add(type);
        }

        foreach (var extension in message.Extensions.UnorderedExtensions)
        {
            AddExtension(extension);
        }
    }

    private void Add(EnumDescriptor type)
    {
        _bySymbol[type.FullName] = type.File;

        // Names of values are siblings of their enum's name, not inside it (protobuf language guide, "Enumerations").
        var scope = type.FullName[..^type.Name.Length];
        foreach (var value in type.Values)
        {
            _bySymbol[scope + value.Name] = type.File;
        }
    }

    private void AddExtension(FieldDescriptor extension)
    {
        _bySymbol[extension.FullName] = extension.File;
        if (!_extensions.TryGetValue(extension.ExtendeeType.FullName, out var numbers))
        {
            _extensions[extension.ExtendeeType.FullName] = numbers = [];
        }

        numbers[extension.FieldNumber] = extension.File;
    }
}
