package dev.tandem.indexing;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * The ids of a corpus, to find those that come twice. Off the heap, at 32 to 64 bytes an id however
 * long it is: half of its SHA-256, by which no two ids are ever taken for one.
 */
final class SeenIds implements AutoCloseable {

    private static final long SLOT_BYTES = 2 * Long.BYTES;
    private static final long FIRST_SLOTS = 1 << 12;

    private final MessageDigest digest = sha256();
    private Arena arena = Arena.ofConfined();
    private long slots = FIRST_SLOTS;
    private MemorySegment table = arena.allocate(slots * SLOT_BYTES, Long.BYTES);
    private long count;

    /**
     * @return false if it was there already
     */
    boolean add(String id) {
        ByteBuffer hash = ByteBuffer.wrap(digest.digest(id.getBytes(StandardCharsets.UTF_8)));
        // An empty slot begins with 0.
        boolean added = put(hash.getLong() | 1, hash.getLong());
        if (added && ++count * 2 > slots) {
            grow();
        }
        return added;
    }

    @Override
    public void close() {
        arena.close();
    }

    private boolean put(long high, long low) {
        long slot = low & (slots - 1);
        for (long there = high(slot); there != 0; there = high(slot)) {
            if (there == high && low(slot) == low) {
                return false;
            }
            slot = (slot + 1) & (slots - 1);
        }
        table.set(ValueLayout.JAVA_LONG, slot * SLOT_BYTES, high);
        table.set(ValueLayout.JAVA_LONG, slot * SLOT_BYTES + Long.BYTES, low);
        return true;
    }

    private long high(long slot) {
        return table.get(ValueLayout.JAVA_LONG, slot * SLOT_BYTES);
    }

    private long low(long slot) {
        return table.get(ValueLayout.JAVA_LONG, slot * SLOT_BYTES + Long.BYTES);
    }

    private void grow() {
        MemorySegment old = table;
        Arena before = arena;
        arena = Arena.ofConfined();
        slots *= 2;
        table = arena.allocate(slots * SLOT_BYTES, Long.BYTES);
        for (long at = 0; at < old.byteSize(); at += SLOT_BYTES) {
            long high = old.get(ValueLayout.JAVA_LONG, at);
            if (high != 0) {
                put(high, old.get(ValueLayout.JAVA_LONG, at + Long.BYTES));
            }
        }
        before.close();
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256.", e);
        }
    }
}
