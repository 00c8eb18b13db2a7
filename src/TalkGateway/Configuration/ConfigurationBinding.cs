using System.Reflection;
using TalkGateway.Talk.Upstream;

namespace TalkGateway.Configuration;

/// <summary>Reads configuration sections into options, and refuses what cannot be read or what nothing reads, which is mostly misspelt.</summary>
internal static class ConfigurationBinding
{
    private const string Documentation = "docs/configuration.md lists the keys and their values";

    /// <exception cref="ConfigurationException">A key is unknown, or a value of another kind.</exception>
    public static T Read<T>(this IConfiguration configuration, string section)
        where T : new()
    {
        var value = new T();
        configuration.ReadInto(section, value);
        return value;
    }

    /// <exception cref="ConfigurationException">A key is unknown, or a value of another kind.</exception>
    public static void ReadInto<T>(this IConfiguration configuration, string section, T target)
    {
        var given = configuration.GetSection(section);
        RefuseMisplaced(given, typeof(T));
        try
        {
            // Strictly, since otherwise an upstream with a value of another kind would be left out without a word.
            given.Bind(target, options => options.ErrorOnUnknownConfiguration = true);
        }
        catch (InvalidOperationException wrong)
        {
            // The innermost of them names key and value.
            var cause = wrong;
            while (cause.InnerException is InvalidOperationException inner)
            {
                cause = inner;
            }

            throw new ConfigurationException(section, null, $"{cause.Message.TrimEnd('.')}: {Documentation}");
        }
    }

    /// <exception cref="ConfigurationException">There are other keys at the top than <paramref name="known"/>.</exception>
    public static void RefuseUnknown(this IConfiguration configuration, IReadOnlyCollection<string> known)
    {
        foreach (var child in configuration.GetChildren())
        {
            if (!known.Contains(child.Key, StringComparer.OrdinalIgnoreCase))
            {
                throw new ConfigurationException(child.Path, child.Value, $"there is no such key, only {string.Join(", ", known)}; {Documentation}");
            }
        }
    }

    /// <summary>Refuses keys that the type has no property for, and single values where it has a list.</summary>
    private static void RefuseMisplaced(IConfiguration section, Type type)
    {
        var properties = type.GetProperties(BindingFlags.Public | BindingFlags.Instance).ToDictionary(p => p.Name, p => p.PropertyType, StringComparer.OrdinalIgnoreCase);
        section.RefuseUnknown(properties.Keys);
        foreach (var child in section.GetChildren())
        {
            var property = properties[child.Key];
            if (property == typeof(IList<string>) && !string.IsNullOrEmpty(child.Value))
            {
                throw new ConfigurationException(child.Path, child.Value, $"it is a list: number its entries, beginning with {child.Path}:0");
            }

            if (property.IsGenericType && property.GetGenericTypeDefinition() == typeof(Dictionary<,>))
            {
                foreach (var entry in child.GetChildren())
                {
                    RefuseMisplaced(entry, property.GetGenericArguments()[1]);
                }
            }
            else if (property.Assembly == typeof(UpstreamsOptions).Assembly)
            {
                RefuseMisplaced(child, property);
            }
        }
    }
}
