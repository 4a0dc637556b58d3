package dev.tandem.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class StorageFailureTest {

    static Stream<Arguments> causes() {
        return Stream.of(
                Arguments.of(new NoSuchFileException("f"), StorageFailure.MISSING),
                Arguments.of(new NotDirectoryException("f"), StorageFailure.MISSING),
                Arguments.of(new EOFException("f ends"), StorageFailure.TRUNCATED),
                Arguments.of(new IOException("Stale file handle"), StorageFailure.STALE),
                Arguments.of(new IOException("Stale NFS file handle"), StorageFailure.STALE),
                Arguments.of(
                        new FileSystemException("f", null, "Stale file handle"),
                        StorageFailure.STALE),
                Arguments.of(new IOException("Input/output error"), StorageFailure.UNREADABLE),
                Arguments.of(new IOException(), StorageFailure.UNREADABLE),
                Arguments.of(new AccessDeniedException("f"), StorageFailure.UNREADABLE),
                Arguments.of(new DamageException("record 3"), StorageFailure.DAMAGED),
                Arguments.of(new StorageHangsException("late"), StorageFailure.HANGING));
    }

    @ParameterizedTest
    @MethodSource("causes")
    void of_anException_isWhatItsCauseSays(IOException cause, StorageFailure expected) {
        assertThat(StorageFailure.of(cause)).isEqualTo(expected);
        assertThat(new IndexException("m", cause).failure()).isEqualTo(expected);
        assertThat(new IndexException("m", new UncheckedIOException(cause)).failure())
                .isEqualTo(expected);
    }

    @Test
    void of_whatNoReadFailedOf_isDamage() {
        assertThat(new IndexException("other counts").failure()).isEqualTo(StorageFailure.DAMAGED);
        assertThat(new IndexException("m", new IndexOutOfBoundsException(7)).failure())
                .isEqualTo(StorageFailure.DAMAGED);
    }
}
