package dev.tandem.indexing;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tandem.indexing.InputProblem.Kind;
import dev.tandem.model.Passage;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.zip.CRC32C;
import java.util.zip.CheckedInputStream;
import org.jspecify.annotations.Nullable;

/**
 * A corpus in BEIR's layout: one JSON object a line with {@code _id}, {@code title} (may be absent)
 * and {@code text}; any other field is metadata.
 */
final class JsonLines implements Corpus {

    private static final int BUFFER_BYTES = 1 << 16;
    private static final int LINE_FEED = '\n';
    private static final TypeReference<LinkedHashMap<String, Object>> OBJECT =
            new TypeReference<>() {};
    private static final ObjectMapper JSON =
            new ObjectMapper()
                    .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private final Path file;
    private final Set<String> seen = new HashSet<>();

    JsonLines(Path file) {
        this.file = file;
    }

    @Override
    public String name() {
        return file.getFileName().toString();
    }

    @Override
    public long estimate() {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), BUFFER_BYTES)) {
            long lines = 0;
            byte[] buffer = new byte[BUFFER_BYTES];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                for (int i = 0; i < n; i++) {
                    lines += buffer[i] == LINE_FEED ? 1 : 0;
                }
            }
            return lines;
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + file, e);
        }
    }

    @Override
    public CRC32C forEach(Consumer<Passage> passages, InputProblems problems) {
        var crc = new CRC32C();
        try (InputStream in =
                new BufferedInputStream(
                        new CheckedInputStream(Files.newInputStream(file), crc), BUFFER_BYTES)) {
            long number = 1;
            for (byte[] line = line(in); line.length > 0; line = line(in)) {
                take(line, number++, passages, problems);
            }
            return crc;
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + file, e);
        }
    }

    /** The next line with its line feed, as bytes: a bad byte costs its line only. */
    private static byte[] line(InputStream in) throws IOException {
        var line = new ByteArrayOutputStream();
        for (int b = in.read(); b >= 0; b = in.read()) {
            line.write(b);
            if (b == LINE_FEED) {
                break;
            }
        }
        return line.toByteArray();
    }

    private void take(
            byte[] line, long number, Consumer<Passage> passages, InputProblems problems) {
        int start = number == 1 ? byteOrderMark(line) : 0;
        if (isBlank(line, start)) {
            return;
        }
        try {
            Map<String, Object> fields = JSON.readValue(line, start, line.length - start, OBJECT);
            Passage passage = passage(fields);
            if (passage.text().isBlank() && passage.title().isBlank()) {
                problems.add(
                        problem(
                                Kind.EMPTY_TEXT,
                                number,
                                "\"text\" of " + passage.id() + " is empty"));
            } else if (!seen.add(passage.id())) {
                problems.add(
                        problem(
                                Kind.DUPLICATE_ID,
                                number,
                                "\"_id\" " + passage.id() + " came before; the first one counts"));
            } else {
                passages.accept(passage);
            }
        } catch (JsonProcessingException e) {
            problems.add(
                    problem(
                            Kind.BROKEN_LINE,
                            number,
                            "not a JSON object: " + e.getOriginalMessage()));
        } catch (IOException e) {
            problems.add(problem(Kind.BROKEN_LINE, number, "not UTF-8: " + e.getMessage()));
        } catch (IllegalArgumentException e) {
            problems.add(problem(Kind.BROKEN_LINE, number, String.valueOf(e.getMessage())));
        }
    }

    private InputProblem problem(Kind kind, long line, String detail) {
        return new InputProblem(kind, file.toString(), line, detail);
    }

    private static Passage passage(Map<String, Object> fields) {
        String id = id(fields.remove("_id"));
        String title = string(fields.remove("title"), "title", "");
        String text = string(fields.remove("text"), "text", null);
        return new Passage(id, title, text, fields);
    }

    private static String id(@Nullable Object value) {
        if (value instanceof Integer || value instanceof Long) {
            return value.toString();
        }
        String id = string(value, "_id", null);
        if (id.isBlank()) {
            throw new IllegalArgumentException("\"_id\" is empty");
        }
        return id;
    }

    private static String string(@Nullable Object value, String field, @Nullable String otherwise) {
        if (value instanceof String string) {
            return WellFormed.text(string);
        }
        if (value == null && otherwise != null) {
            return otherwise;
        }
        throw new IllegalArgumentException(
                "\"%s\": got %s, expected a string"
                        .formatted(
                                field,
                                value == null ? "nothing" : value.getClass().getSimpleName()));
    }

    private static int byteOrderMark(byte[] line) {
        boolean marked =
                line.length >= 3
                        && line[0] == (byte) 0xEF
                        && line[1] == (byte) 0xBB
                        && line[2] == (byte) 0xBF;
        return marked ? 3 : 0;
    }

    private static boolean isBlank(byte[] line, int start) {
        for (int i = start; i < line.length; i++) {
            if (line[i] > ' ' || line[i] < 0) {
                return false;
            }
        }
        return true;
    }
}
