package dev.tandem.settings;

import io.quarkus.runtime.configuration.DurationConverter;
import io.smallrye.config.ConfigValidationException;
import io.smallrye.config.ConfigValidationException.Problem;
import io.smallrye.config.ConfigValidator;
import io.smallrye.config.SmallRyeConfigBuilder;
import io.smallrye.config.SmallRyeConfigBuilderCustomizer;
import io.smallrye.config.common.utils.StringUtil;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Refuses configuration that is out of its {@link Range}, key by key. Bean Validation would do so
 * too, for a fifth of a JVM's cold start: it looks at every mapping of the framework first.
 */
public final class Ranges implements ConfigValidator, SmallRyeConfigBuilderCustomizer {

    private static final String OURS = "tandem.";
    private static final String NONE = "Infinity";

    @Override
    public void configBuilder(SmallRyeConfigBuilder builder) {
        builder.withValidator(this);
    }

    /**
     * @throws ConfigValidationException if a value is out of its range; says which, what was got
     *     and what is expected
     */
    @Override
    public void validateMapping(Class<?> mapping, String prefix, Object values) {
        if (!prefix.startsWith(OURS)) {
            return;
        }
        List<Problem> problems = new ArrayList<>();
        for (Method key : mapping.getMethods()) {
            Range range = key.getAnnotation(Range.class);
            Object value = range == null ? null : valueOf(key, values);
            if (range != null && value != null && !holds(range, value)) {
                problems.add(
                        problem(prefix + "." + StringUtil.skewer(key.getName()), value, range));
            }
        }
        if (!problems.isEmpty()) {
            throw new ConfigValidationException(problems.toArray(Problem[]::new));
        }
    }

    /** Null if the key is not set. */
    private static @Nullable Object valueOf(Method key, Object values) {
        try {
            Object value = key.invoke(values);
            return value instanceof OptionalInt of ? of.isPresent() ? of.getAsInt() : null : value;
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException("A mapping can be read. This is a bug.", e);
        }
    }

    private static boolean holds(Range range, Object value) {
        return compare(value, range.from()) >= 0 && compare(value, range.to()) <= 0;
    }

    /** NaN is above all numbers. */
    private static int compare(Object value, String bound) {
        return value instanceof Duration duration
                ? duration.compareTo(DurationConverter.parseDuration(bound))
                : Double.compare(((Number) value).doubleValue(), Double.parseDouble(bound));
    }

    private static Problem problem(String key, Object value, Range range) {
        Object got = value instanceof Duration duration ? duration.toMillis() + "ms" : value;
        String expected =
                range.to().equals(NONE)
                        ? range.from() + " or more"
                        : range.from() + " to " + range.to();
        return new Problem("%s: got %s, expected %s".formatted(key, got, expected));
    }
}
