package dev.tandem.index;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.zip.CRC32C;
import java.util.zip.CheckedOutputStream;

/** CRC-32C (Castagnoli), which CPUs compute in hardware; eight hexadecimal digits. */
public final class Crc32c {

    private Crc32c() {}

    public static String of(Path file) throws IOException {
        var crc = new CRC32C();
        try (var out = new CheckedOutputStream(OutputStream.nullOutputStream(), crc)) {
            Files.copy(file, out);
        }
        return hex(crc);
    }

    public static String hex(CRC32C crc) {
        return HexFormat.of().toHexDigits((int) crc.getValue());
    }
}
