package dev.tandem.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CpuFeaturesTest {

    @ParameterizedTest
    @CsvSource({
        "'flags\t\t: fpu sse2 avx2 fma', amd64, x86_64 avx2, true",
        "'flags : avx512f avx2 avx512_vnni', amd64, x86_64 avx2 avx512f avx512_vnni, false",
        "'flags : avx2 avx_vnni', x86_64, x86_64 avx2 avx_vnni, false",
        "'flags : avx2 not_avx_vnni', x86_64, x86_64 avx2, true",
        "'Features\t: fp asimd asimddp i8mm', aarch64, aarch64 asimd asimddp i8mm, false",
        "'Features : fp asimd', aarch64, aarch64 asimd, false"
    })
    void parse_linux_namesWhatCounts(String line, String arch, String text, boolean saturates) {
        var cpu = CpuFeatures.parse(arch, List.of("processor\t: 0", line, "flags : amx_int8"));

        assertThat(cpu).hasToString(text);
        assertThat(cpu.saturates()).isEqualTo(saturates);
    }

    @Test
    void parse_elsewhere_assumesTheWorst() {
        assertThat(CpuFeatures.parse("amd64", List.of()).saturates()).isTrue();
        assertThat(CpuFeatures.parse("aarch64", List.of())).hasToString("aarch64");
    }
}
