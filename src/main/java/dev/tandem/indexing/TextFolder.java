package dev.tandem.indexing;

import dev.tandem.index.Crc32c;
import dev.tandem.indexing.InputProblem.Kind;
import dev.tandem.model.IndexException;
import dev.tandem.model.Passage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/**
 * A folder of .txt and .md files, split into passages. A passage's id is its file's path and a
 * number; its metadata are {@code file} and, where there is one, {@code heading}.
 */
final class TextFolder implements Corpus {

    private static final char BYTE_ORDER_MARK = '\uFEFF';

    private final Path folder;
    private final List<Path> files;

    TextFolder(Path folder) {
        this.folder = folder;
        try (Stream<Path> tree = Files.walk(folder)) {
            files = tree.filter(Files::isRegularFile).filter(TextFolder::isText).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + folder, e);
        }
        if (files.isEmpty()) {
            throw new IndexException("No .txt or .md files in " + folder + ".");
        }
    }

    @Override
    public String name() {
        return folder.toAbsolutePath().normalize().getFileName().toString();
    }

    @Override
    public long estimate() {
        // About a passage per 1,000 characters.
        return files.stream().mapToLong(file -> 1 + file.toFile().length() / 1_000).sum();
    }

    @Override
    public String crc32c() throws IOException {
        var crc = new CRC32C();
        for (Path file : files) {
            // The path too: it is in the passages' ids.
            crc.update(name(file).getBytes(StandardCharsets.UTF_8));
            crc.update(Files.readAllBytes(file));
        }
        return Crc32c.hex(crc);
    }

    @Override
    public void forEach(Consumer<Passage> passages, InputProblems problems) {
        files.forEach(file -> take(file, passages, problems));
    }

    private void take(Path file, Consumer<Passage> passages, InputProblems problems) {
        String name = name(file);
        try {
            List<PassageSplitter.Part> parts =
                    PassageSplitter.split(text(file), name.endsWith(".md"));
            if (parts.isEmpty()) {
                problems.add(
                        new InputProblem(Kind.EMPTY_TEXT, file.toString(), 0, "the file is empty"));
            }
            for (int i = 0; i < parts.size(); i++) {
                passages.accept(passage(name, i + 1, parts.get(i)));
            }
        } catch (CharacterCodingException e) {
            problems.add(
                    new InputProblem(
                            Kind.BROKEN_LINE, file.toString(), 0, "the file is not UTF-8"));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + file, e);
        }
    }

    private String name(Path file) {
        return folder.relativize(file).toString().replace('\\', '/');
    }

    private static String text(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        var text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
        boolean marked = text.hasRemaining() && text.charAt(0) == BYTE_ORDER_MARK;
        return marked ? text.position(1).toString() : text.toString();
    }

    private static Passage passage(String name, int number, PassageSplitter.Part part) {
        String heading = part.heading();
        // In this order, so that the same folder gives the same index.
        Map<String, Object> metadata = new LinkedHashMap<>();
        metadata.put("file", name);
        if (!heading.isEmpty()) {
            metadata.put("heading", heading);
        }
        return new Passage(
                name + "#" + number, heading.isEmpty() ? name : heading, part.text(), metadata);
    }

    private static boolean isText(Path file) {
        String name = file.toString();
        return name.endsWith(".txt") || name.endsWith(".md");
    }
}
