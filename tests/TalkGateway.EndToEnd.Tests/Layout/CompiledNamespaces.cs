using System.Reflection;
using System.Reflection.Emit;

namespace TalkGateway.EndToEnd.Tests.Layout;

/// <summary>Which namespaces of an assembly use which of its others, read from its signatures and its compiled code.</summary>
internal sealed class CompiledNamespaces
{
    private const BindingFlags All = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<short, OpCode> OpCodesByValue =
        typeof(OpCodes).GetFields().Select(field => (OpCode)field.GetValue(null)!).ToDictionary(code => code.Value);

    private readonly Assembly _assembly;
    private readonly Graph _graph = new();

    private CompiledNamespaces(Assembly assembly) => _assembly = assembly;

    public static Graph Of(Assembly assembly)
    {
        var reader = new CompiledNamespaces(assembly);
        foreach (var type in assembly.GetTypes())
        {
            reader.Read(type);
        }

        return reader._graph;
    }

    /// <summary>Compilers put types of their own into an assembly.</summary>
    private static bool IsWritten(Type type) => type.Namespace?.StartsWith(nameof(TalkGateway), StringComparison.Ordinal) == true;

    private void Read(Type type)
    {
        Use(type, type.BaseType);
        Use(type, type.GetInterfaces());
        Use(type, [.. type.GetFields(All).Select(field => field.FieldType)]);
        foreach (var attribute in type.CustomAttributes)
        {
            Use(type, attribute.AttributeType);
        }

        foreach (var method in type.GetMembers(All).OfType<MethodBase>())
        {
            UseSignature(type, method);
            if (method.GetMethodBody() is { } body)
            {
                Use(type, [.. body.LocalVariables.Select(local => local.LocalType)]);
                Use(type, [.. body.ExceptionHandlingClauses.Where(clause => clause.Flags == ExceptionHandlingClauseOptions.Clause).Select(clause => clause.CatchType!)]);
                ReadCode(type, method, body.GetILAsByteArray()!);
            }
        }
    }

    private void ReadCode(Type type, MethodBase method, byte[] code)
    {
        for (var at = 0; at < code.Length;)
        {
            var value = code[at] == 0xfe ? (short)((code[at] << 8) | code[at + 1]) : code[at];
            var instruction = OpCodesByValue[value];
            at += instruction.Size;
            if (instruction.OperandType is OperandType.InlineField or OperandType.InlineMethod or OperandType.InlineTok or OperandType.InlineType)
            {
                var used = _assembly.ManifestModule.ResolveMember(
                    BitConverter.ToInt32(code, at), type.GetGenericArguments(), method is MethodInfo { IsGenericMethod: true } ? method.GetGenericArguments() : null);
                Use(type, used as Type ?? used!.DeclaringType);
                UseSignature(type, used);
            }

            at += instruction.OperandType switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + (4 * BitConverter.ToInt32(code, at)),
                _ => 4,
            };
        }
    }

    private void UseSignature(Type user, MemberInfo? member)
    {
        Use(user, (member as FieldInfo)?.FieldType);
        Use(user, (member as MethodInfo)?.ReturnType);
        if (member is MethodBase method)
        {
            Use(user, [.. method.GetParameters().Select(parameter => parameter.ParameterType)]);
            Use(user, method.IsGenericMethod ? method.GetGenericArguments() : []);
        }
    }

    private void Use(Type user, params ReadOnlySpan<Type?> used)
    {
        foreach (var type in used)
        {
            if (type is null)
            {
                continue;
            }

            if (type.Assembly == _assembly && !type.IsGenericParameter && IsWritten(user) && IsWritten(type))
            {
                _graph.Add(user.Namespace!, type.Namespace!);
            }

            Use(user, type.HasElementType ? [type.GetElementType()!] : type.GetGenericArguments());
        }
    }
}
