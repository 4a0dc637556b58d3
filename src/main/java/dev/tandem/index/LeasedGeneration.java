package dev.tandem.index;

import java.io.IOException;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** A generation that is not pruned before this is closed. */
public final class LeasedGeneration implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(LeasedGeneration.class);

    private final Generation generation;
    private final @Nullable LockedFile lease;

    /**
     * @param lease null on a mount that takes none
     */
    LeasedGeneration(Generation generation, @Nullable LockedFile lease) {
        this.generation = generation;
        this.lease = lease;
    }

    public Generation generation() {
        return generation;
    }

    /**
     * Whether the lease is gone from the mount, as when the folder was removed and put back, or the
     * system took the lock back from a frozen host: the generation may be pruned then.
     */
    public boolean isLost() {
        return lease != null && lease.isGone();
    }

    /** Lets a prune remove the generation; all that was opened of it must be closed before. */
    @Override
    public void close() {
        release(lease);
    }

    /** Never fails: a lease that stays is one of a process that will be dead. */
    static void release(@Nullable LockedFile lease) {
        if (lease == null) {
            return;
        }
        try {
            lease.delete();
        } catch (IOException e) {
            LOG.debugf(e, "A lease stays until the next prune");
        }
    }
}
