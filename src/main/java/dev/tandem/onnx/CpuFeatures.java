package dev.tandem.onnx;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a CPU has for sums of 8-bit products, which int8 models consist of.
 *
 * @param architecture {@code x86_64}, {@code aarch64}, or as Java names it
 * @param extensions those of {@link #KNOWN} that it has, in that order; empty if it does not say
 */
public record CpuFeatures(String architecture, List<String> extensions) {

    /** As Linux spells them: x86 first, then Arm. */
    private static final List<String> KNOWN =
            List.of(
                    "avx2",
                    "avx512f",
                    "avx_vnni",
                    "avx512_vnni",
                    "amx_int8",
                    "asimd",
                    "asimddp",
                    "i8mm");

    private static final Set<String> EXACT_ON_X86 = Set.of("avx_vnni", "avx512_vnni", "amx_int8");
    private static final Pattern BLANK = Pattern.compile("\\s+");
    private static final Set<String> NAMES_OF_X86 = Set.of("amd64", "x86_64");

    public CpuFeatures {
        extensions = List.copyOf(extensions);
    }

    /** Those of this host. */
    public static CpuFeatures ofThisHost() {
        return parse(System.getProperty("os.arch", ""), lines(Path.of("/proc/cpuinfo")));
    }

    /**
     * @param architecture as Java names it
     * @param cpuinfo lines of Linux' /proc/cpuinfo; empty elsewhere
     */
    static CpuFeatures parse(String architecture, List<String> cpuinfo) {
        Set<String> has =
                cpuinfo.stream()
                        .filter(line -> line.startsWith("flags") || line.startsWith("Features"))
                        .findFirst()
                        .map(line -> BLANK.splitAsStream(line).collect(Collectors.toSet()))
                        .orElse(Set.of());
        return new CpuFeatures(
                NAMES_OF_X86.contains(architecture) ? "x86_64" : architecture,
                KNOWN.stream().filter(has::contains).toList());
    }

    /**
     * Whether the fast way to sum int8 products loses digits here, so that a slower one has to be
     * taken: x86 without VNNI adds pairs of products in 16 bits, which saturate.
     */
    public boolean saturates() {
        return isX86() && !hasVnni();
    }

    /** Whether it is one of Intel's or AMD's. */
    public boolean isX86() {
        return architecture.equals("x86_64");
    }

    /** Whether it is an x86 CPU that sums int8 products in 32 bits. */
    public boolean hasVnni() {
        return isX86() && extensions.stream().anyMatch(EXACT_ON_X86::contains);
    }

    /** {@code x86_64 avx2 avx512_vnni}. */
    @Override
    public String toString() {
        return String.join(
                " ", Stream.concat(Stream.of(architecture), extensions.stream()).toList());
    }

    private static List<String> lines(Path cpuinfo) {
        try {
            return Files.isReadable(cpuinfo) ? Files.readAllLines(cpuinfo) : List.of();
        } catch (IOException e) {
            return List.of();
        }
    }
}
