package dev.tandem.bench;

import java.util.List;

/**
 * Runs contenders in turn on each query, so that what else the machine does falls on all of them.
 * Who begins changes from query to query: the first finds the processor's caches as the last of the
 * query before left them, with the vectors of another query.
 */
final class RoundRobin {

    private static final int WARM_UP_PASSES = 2;
    private static final int PASSES = 3;

    private RoundRobin() {}

    /** Over all queries, on the caller's thread. */
    static void run(List<Contender> contenders, VectorFiles files) {
        for (int pass = 0; pass < WARM_UP_PASSES; pass++) {
            pass(contenders, files);
        }
        contenders.forEach(Contender::forget);
        for (int pass = 0; pass < PASSES; pass++) {
            pass(contenders, files);
        }
    }

    private static void pass(List<Contender> contenders, VectorFiles files) {
        int size = contenders.size();
        for (int query = 0; query < files.queries().length; query++) {
            for (int turn = 0; turn < size; turn++) {
                contenders.get((query + turn) % size).answer(files, query);
            }
        }
    }
}
