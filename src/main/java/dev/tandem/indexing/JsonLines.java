package dev.tandem.indexing;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tandem.index.Crc32c;
import dev.tandem.indexing.InputProblem.Kind;
import dev.tandem.model.Passage;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
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
    public String crc32c() throws IOException {
        return Crc32c.of(file);
    }

    @Override
    public void forEach(Consumer<Passage> passages, InputProblems problems) {
        try (var seen = new SeenIds();
                InputStream in =
                        new BufferedInputStream(Files.newInputStream(file), BUFFER_BYTES)) {
            long number = 1;
            for (byte[] line = line(in); line.length > 0; line = line(in)) {
                take(new Line(line, number++), seen, passages, problems);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + file, e);
        }
    }

    private static final class Line {
        final byte[] bytes;
        final long number;
        final int start;

        Line(byte[] bytes, long number) {
            this.bytes = bytes;
            this.number = number;
            start = number == 1 ? byteOrderMark(bytes) : 0;
        }

        boolean isBlank() {
            for (int i = start; i < bytes.length; i++) {
                if (bytes[i] > ' ' || bytes[i] < 0) {
                    return false;
                }
            }
            return true;
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

    private void take(Line line, SeenIds seen, Consumer<Passage> passages, InputProblems problems) {
        if (line.isBlank()) {
            return;
        }
        try {
            int length = line.bytes.length - line.start;
            Map<String, Object> fields = JSON.readValue(line.bytes, line.start, length, OBJECT);
            if (fields == null) {
                throw new IllegalArgumentException("got null, expected a JSON object");
            }
            Passage passage = passage(fields);
            if (passage.fullText().isBlank()) {
                problems.add(
                        problem(Kind.EMPTY_TEXT, line, "passage " + passage.id() + " has no text"));
            } else if (!seen.add(passage.id())) {
                problems.add(
                        problem(
                                Kind.DUPLICATE_ID,
                                line,
                                "\"_id\" " + passage.id() + " came before; the first one counts"));
            } else {
                passages.accept(passage);
            }
        } catch (JsonProcessingException e) {
            problems.add(
                    problem(
                            Kind.BROKEN_LINE,
                            line,
                            "not a JSON object: " + e.getOriginalMessage()));
        } catch (IOException e) {
            problems.add(problem(Kind.BROKEN_LINE, line, "not UTF-8: " + e.getMessage()));
        } catch (IllegalArgumentException e) {
            problems.add(problem(Kind.BROKEN_LINE, line, String.valueOf(e.getMessage())));
        }
    }

    private InputProblem problem(Kind kind, Line line, String detail) {
        return new InputProblem(kind, file.toString(), line.number, detail);
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
}
