using System.ComponentModel;
using System.Globalization;
using System.Reflection;

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
        given.RefuseUnlike(typeof(T));
        given.Bind(target);
    }

    /// <exception cref="ConfigurationException">There are other keys than <paramref name="known"/>.</exception>
    public static void RefuseUnknown(this IConfiguration configuration, IReadOnlyCollection<string> known)
    {
        foreach (var child in configuration.GetChildren())
        {
            if (!known.Contains(child.Key, StringComparer.OrdinalIgnoreCase))
            {
                // Where a section stands in place of a value, what it holds may be anything, a password included.
                throw new ConfigurationException(child.Path, null, $"there is no such key, only {string.Join(", ", known)}; {Documentation}");
            }
        }
    }

    /// <summary>Refuses what the type has no place for: the binder would leave it out without a word.</summary>
    /// <exception cref="ConfigurationException">A key is unknown, or a value of another kind.</exception>
    public static void RefuseUnlike(this IConfigurationSection section, Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (IsSingleValue(type))
        {
            RefuseUnlikeValue(section, type);
            return;
        }

        var isList = type == typeof(IList<string>);
        if (!string.IsNullOrEmpty(section.Value))
        {
            var remedy = isList ? $"it is a list: number its entries, beginning with {section.Path}:0" : "it is a section: give its keys, not a value";
            throw new ConfigurationException(section.Path, section.Value, $"{remedy}; {Documentation}");
        }

        if (isList)
        {
            foreach (var entry in section.GetChildren())
            {
                entry.RefuseUnlike(typeof(string));
            }
        }
        else if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Dictionary<,>))
        {
            foreach (var entry in section.GetChildren())
            {
                entry.RefuseUnlike(type.GetGenericArguments()[1]);
            }
        }
        else
        {
            var properties = type.GetProperties(BindingFlags.Public | BindingFlags.Instance).ToDictionary(p => p.Name, p => p.PropertyType, StringComparer.OrdinalIgnoreCase);
            section.RefuseUnknown(properties.Keys);
            foreach (var child in section.GetChildren())
            {
                child.RefuseUnlike(properties[child.Key]);
            }
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
            return;
        }

        try
        {
            TypeDescriptor.GetConverter(type).ConvertFromInvariantString(value);
        }
        catch (Exception e) when (e is FormatException or ArgumentException or NotSupportedException || e.InnerException is FormatException or OverflowException)
        {
            throw new ConfigurationException(section.Path, value, $"give {Kind(type)}; {Documentation}");
        }
    }

    private static bool IsSingleValue(Type type) => type.IsPrimitive || type.IsEnum || type == typeof(string) || type == typeof(TimeSpan);

    private static string Kind(Type type)
    {
        if (type.IsEnum)
        {
            return "one of " + string.Join(", ", Enum.GetNames(type));
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
