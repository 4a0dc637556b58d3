package dev.tandem.rerank;

/**
 * Which candidate a remote scores next: from beyond where the local lanes are thought to come to,
 * up to the end, then backwards towards them. Thread-safe.
 */
final class RemoteOrder {

    private final Scoreboard board;
    private final int count;
    private int up;
    private int down;
    private int local;
    private boolean again;

    RemoteOrder(Scoreboard board, int count) {
        this.board = board;
        this.count = count;
        up = count;
    }

    /**
     * @param from the first candidate that is not left to the local lanes at first
     */
    synchronized void begin(int from) {
        up = from;
        down = from;
    }

    /** The local lanes have come to this candidate. */
    synchronized void passed(int index) {
        local = Math.max(local, index);
    }

    /** A candidate that is not settled; -1 if all such were taken. */
    synchronized int next() {
        while (up < count) {
            if (board.isOpen(up++)) {
                return up - 1;
            }
        }
        while (down > local) {
            if (board.isOpen(--down)) {
                return down;
            }
        }
        return -1;
    }

    /** Whether some are taken and not settled. True once only. */
    synchronized boolean mayRepeat() {
        boolean may = !again && board.isOpen(local, count);
        again |= may;
        return may;
    }

    /** Gives out anew what was taken and is not settled. */
    synchronized void repeat() {
        up = local;
        down = local;
    }
}
