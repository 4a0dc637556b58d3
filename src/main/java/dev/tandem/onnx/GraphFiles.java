package dev.tandem.onnx;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Names of ONNX graphs as repositories have them, and which of several suits a CPU. Graphs that
 * sentence-transformers quantised bear a CPU's name, those of Xenova and onnx-community do not; all
 * of them run everywhere, but not everywhere equally well.
 */
public final class GraphFiles {

    private static final String ONNX = ".onnx";

    /** Not quantised. */
    private static final String PLAIN = "model.onnx";

    private static final String VNNI = "model_qint8_avx512_vnni.onnx";
    private static final String AVX512 = "model_qint8_avx512.onnx";
    private static final String AVX2 = "model_quint8_avx2.onnx";
    private static final String ARM = "model_qint8_arm64.onnx";
    private static final List<String> ANY_CPU =
            List.of(
                    "model_quantized.onnx",
                    "model_quant.onnx",
                    "model_int8.onnx",
                    "model_uint8.onnx");
    private static final List<String> FOLDERS = List.of("onnx/", "");

    /** Names of operators and of parts of them that only a graph of 8-bit numbers has. */
    private static final List<String> QUANTISED_OPERATORS =
            List.of("QuantizeLinear", "MatMulInteger", "QAttention", "DynamicQuantizeMatMul");

    private static final int LONGEST_OPERATOR = 32;
    private static final int CHUNK = 1 << 20;

    private GraphFiles() {}

    /**
     * The graph that is fastest on that CPU at the same quality: int8 before float, that for the
     * CPU before others. Graphs of 16 or 4 bits are never taken by themselves.
     *
     * @param paths files of a repository, with {@code /} between folders
     * @return empty if none has a known name, unless it is the only graph
     */
    public static Optional<String> bestFor(CpuFeatures cpu, Collection<String> paths) {
        List<String> graphs = paths.stream().filter(path -> path.endsWith(ONNX)).toList();
        Optional<String> known =
                Stream.concat(preferred(cpu).stream(), Stream.of(PLAIN))
                        .flatMap(name -> FOLDERS.stream().map(folder -> folder + name))
                        .filter(graphs::contains)
                        .findFirst();
        return known.or(() -> graphs.size() == 1 ? graphs.stream().findFirst() : Optional.empty());
    }

    private static SequencedSet<String> preferred(CpuFeatures cpu) {
        var names = new LinkedHashSet<String>();
        if (cpu.hasVnni()) {
            names.add(VNNI);
            names.addAll(ANY_CPU);
        } else if (cpu.isX86()) {
            if (cpu.extensions().contains("avx512f")) {
                names.add(AVX512);
            }
            names.add(AVX2);
        } else {
            names.add(ARM);
        }
        names.addAll(ANY_CPU);
        // Made for another CPU: right here too, and still faster than float.
        names.addAll(List.of(AVX512, AVX2, VNNI, ARM));
        return names;
    }

    /** Whether a graph's name says that it is quantised. */
    public static boolean namedQuantised(String path) {
        String name = path.toLowerCase(Locale.ROOT);
        return name.contains("int8") || name.contains("quant");
    }

    /**
     * Files that a graph keeps its weights in, beside itself, when they are too large for one file.
     *
     * @param paths files of a repository or folder
     */
    public static List<String> dataOf(String graph, Collection<String> paths) {
        var name = Pattern.compile(Pattern.quote(graph) + "(_data(_\\d+)?|\\.data)");
        return paths.stream().filter(path -> name.matcher(path).matches()).sorted().toList();
    }

    /** The same in a folder, as names in it. */
    static List<String> dataIn(Path folder, String graph) throws IOException {
        Path parent = folder.resolve(graph).getParent();
        if (parent == null || !Files.isDirectory(parent)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(parent)) {
            return dataOf(graph, files.map(file -> nameIn(folder, file)).toList());
        }
    }

    /**
     * Whether a graph has operators of 8-bit numbers. Reads the file.
     *
     * @throws IOException if it cannot be read
     */
    public static boolean isQuantised(Path graph) throws IOException {
        try (InputStream in = Files.newInputStream(graph)) {
            String overlap = "";
            byte[] chunk = in.readNBytes(CHUNK);
            while (chunk.length > 0) {
                String text = overlap + new String(chunk, StandardCharsets.ISO_8859_1);
                if (QUANTISED_OPERATORS.stream().anyMatch(text::contains)) {
                    return true;
                }
                overlap = text.substring(Math.max(0, text.length() - LONGEST_OPERATOR));
                chunk = in.readNBytes(CHUNK);
            }
            return false;
        }
    }

    private static String nameIn(Path folder, Path file) {
        return folder.relativize(file).toString().replace('\\', '/');
    }
}
