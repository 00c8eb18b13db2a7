using System.ComponentModel;
using System.Globalization;
using System.Reflection;

namespace TalkGateway.Configuration;

/// <summary>Reads configuration sections into options, and refuses what cannot be read or what nothing reads, which is mostly misspelt.</summary>
internal static class ConfigurationBinding
{
    private const string Documentation = "docs/configuration.md lists the keys and their values";

    /// <summary>The options of a section that was found to fit them.</summary>
    public static T Read<T>(this IConfiguration configuration, string section)
        where T : new()
    {
        var value = new T();
        configuration.GetSection(section).Bind(value);
        return value;
    }

    /// <summary>Refuses what no section has a place for: the binder would leave it out without a word.</summary>
    /// <exception cref="ConfigurationException">A key is unknown, or a value of another kind.</exception>
    public static void RefuseUnlike(this IConfiguration configuration, IReadOnlyDictionary<string, Type> sections)
    {
        foreach (var child in configuration.GetChildren())
        {
            if (!sections.TryGetValue(child.Key, out var type))
            {
                // Where a section stands in place of a value, what it holds may be anything, a password included.
                throw new ConfigurationException(child.Path, null, $"there is no such key, only {string.Join(", ", sections.Keys)}; {Documentation}");
            }

            RefuseUnlike(child, type);
        }
    }

    private static void RefuseUnlike(IConfigurationSection section, Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (IsSingleValue(type))
        {
            RefuseUnlikeValue(section, type);
            return;
        }

        var generic = type.IsGenericType ? type.GetGenericTypeDefinition() : null;
        var isList = generic == typeof(IList<>);
        var list = $"it is a list: number its entries, beginning with {section.Path}:0; {Documentation}";
        if (!string.IsNullOrEmpty(section.Value))
        {
            throw new ConfigurationException(section.Path, section.Value, isList ? list : $"it is a section: give its keys, not a value; {Documentation}");
        }

        if (generic is null)
        {
            section.RefuseUnlike(type.GetProperties(BindingFlags.Public | BindingFlags.Instance).ToDictionary(p => p.Name, p => p.PropertyType, StringComparer.OrdinalIgnoreCase));
            return;
        }

        foreach (var entry in section.GetChildren())
        {
            // A list in a file is a section whose keys are numbers.
            var isNumbered = entry.Key.All(char.IsAsciiDigit);
            if (isNumbered != isList)
            {
                throw new ConfigurationException(section.Path, null, isList ? list : $"it is no list: give each entry a name in place of a number; {Documentation}");
            }

            RefuseUnlike(entry, type.GetGenericArguments()[^1]);
        }
    }

    private static void RefuseUnlikeValue(IConfigurationSection section, Type type)
    {
        if (section.GetChildren().Any())
        {
            throw new ConfigurationException(section.Path, null, $"it is a single value, not a list or section; {Documentation}");
        }

        if (section.Value is not { } value)
        {
            throw new ConfigurationException(section.Path, null, $"it has no value: give {Kind(type)}, or leave it out; {Documentation}");
        }

        if (!IsLike(value, type))
        {
            throw new ConfigurationException(section.Path, value, $"give {Kind(type)}; {Documentation}");
        }
    }

    private static bool IsLike(string value, Type type)
    {
        try
        {
            var converted = TypeDescriptor.GetConverter(type).ConvertFromInvariantString(value)!;
            return !type.IsEnum || Enum.IsDefined(type, converted);
        }
        catch (Exception e) when (e is FormatException or OverflowException or ArgumentException or NotSupportedException || e.InnerException is FormatException or OverflowException)
        {
            return false;
        }
    }

    private static bool IsSingleValue(Type type) => type.IsPrimitive || type.IsEnum || type == typeof(string) || type == typeof(TimeSpan);

    private static string Kind(Type type)
    {
        if (type.IsEnum)
        {
            return "one of " + string.Join(", ", Enum.GetNames(type));
        }

        if (type == typeof(string))
        {
            return "a text";
        }

        if (type == typeof(bool))
        {
            return "true or false";
        }

        return type == typeof(TimeSpan)
            ? string.Create(CultureInfo.InvariantCulture, $"a time as hours:minutes:seconds, such as {TimeSpan.FromSeconds(30)}")
            : type == typeof(double) ? "a number, such as 0.5" : "a whole number";
    }
}
