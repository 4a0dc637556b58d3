package dev.tandem.rerank;

import dev.tandem.onnx.ModelCard;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Whether a remote runs the local model: it has to score some texts as that does before it takes
 * part, again after its calls failed, and now and then while it takes part, for what answers under
 * a name can be exchanged at any time. All of it is away from the calls. Thread-safe.
 */
final class RemoteTrust {

    private static final Logger LOG = Logger.getLogger(RemoteTrust.class);

    /**
     * Between two looks at a remote that does not answer; the breaker lets one call in that time.
     */
    private static final Duration PAUSE = Duration.ofSeconds(5);

    /** Between two looks at one that answers, with the right model or another one. */
    private static final Duration AGAIN = Duration.ofMinutes(1);

    /** For the texts of a look. */
    private static final Duration LONGEST = Duration.ofMinutes(1);

    private final RemoteReranker remote;
    private final URI url;
    private final CrossEncoder local;
    private final ModelCard card;
    private final AtomicBoolean looking = new AtomicBoolean();
    private @Nullable RemoteCheck check;
    private volatile State state = new State(Standing.UNKNOWN, "is not checked yet", false);
    private volatile long looked = System.nanoTime();

    private enum Standing {
        UNKNOWN,
        TRUSTED,
        FAILING,
        OTHER_MODEL
    }

    private record State(Standing standing, String note, boolean cutsAlike) {}

    RemoteTrust(RemoteReranker remote, URI url, CrossEncoder local, ModelCard card) {
        this.remote = remote;
        this.url = url;
        this.local = local;
        this.card = card;
    }

    /** Whether it takes part. Has it looked at when that is due. */
    boolean isTrusted() {
        Standing now = state.standing();
        boolean answers = now == Standing.TRUSTED || now == Standing.OTHER_MODEL;
        if (System.nanoTime() - looked >= (answers ? AGAIN : PAUSE).toNanos()) {
            look();
        }
        return now == Standing.TRUSTED;
    }

    /** Whether it reads as much of a long text as the local model. */
    boolean cutsAlike() {
        return state.cutsAlike();
    }

    String describe() {
        return state.note();
    }

    /** Empty while it takes part, and before the first look has ended. */
    Optional<String> degraded() {
        State now = state;
        boolean wrong =
                now.standing() == Standing.FAILING || now.standing() == Standing.OTHER_MODEL;
        return wrong
                ? Optional.of("The remote reranker %s %s".formatted(url, now.note()))
                : Optional.empty();
    }

    /** Calls failed too often: it has to show anew what it runs. */
    void brokeOff() {
        looked = System.nanoTime();
        if (state.standing() == Standing.TRUSTED) {
            fails("fails too often");
        }
    }

    /** Looks at it in the background; returns at once. */
    void look() {
        if (looking.compareAndSet(false, true)) {
            try {
                remote.readers().execute(this::lookNow);
            } catch (RejectedExecutionException e) {
                looking.set(false);
            }
        }
    }

    private void lookNow() {
        try {
            RemoteCheck its = check();
            judge(its, scores(its));
        } catch (CompletionException e) {
            unanswered(messageOf(e));
        } catch (CrossEncoderException e) {
            LOG.debugf(e, "The local model has no scores to compare the remote's with");
        } finally {
            looked = System.nanoTime();
            looking.set(false);
        }
    }

    private RemoteCheck check() {
        RemoteCheck its = check;
        if (its == null) {
            its = RemoteCheck.of(local, card);
            check = its;
        }
        return its;
    }

    private float[] scores(RemoteCheck its) {
        List<String> texts = its.texts();
        float[] scores = new float[texts.size()];
        for (int from = 0; from < scores.length; from += remote.batch()) {
            int to = Math.min(from + remote.batch(), scores.length);
            float[] some =
                    remote.score(its.query(), texts.subList(from, to), LONGEST).result().join();
            System.arraycopy(some, 0, scores, from, some.length);
        }
        return scores;
    }

    private void judge(RemoteCheck its, float[] scores) {
        Optional<String> difference = its.difference(scores);
        if (difference.isPresent()) {
            isAnotherModel(difference.get());
            return;
        }
        Standing before = state.standing();
        boolean alike = its.cutsAlike(scores);
        state = new State(Standing.TRUSTED, "takes part", alike);
        if (before != Standing.TRUSTED) {
            LOG.infof(
                    "The remote reranker %s takes part%s",
                    url,
                    alike ? "" : ", except for long passages, which it does not cut like this one");
        }
    }

    private void isAnotherModel(String difference) {
        boolean known = state.standing() == Standing.OTHER_MODEL;
        state = new State(Standing.OTHER_MODEL, "runs another model: it " + difference, false);
        if (!known) {
            LOG.errorf(
                    "The remote reranker %s runs another model and takes no part: it %s",
                    url, difference);
        }
    }

    /** One look in vain is no reason to put aside whose calls are answered; the breaker counts. */
    private void unanswered(@Nullable String why) {
        if (state.standing() != Standing.TRUSTED) {
            fails("does not answer: " + why);
        }
    }

    private static @Nullable String messageOf(CompletionException e) {
        Throwable cause = e.getCause();
        return cause == null ? e.getMessage() : cause.getMessage();
    }

    private void fails(String how) {
        if (remote.isClosed()) {
            return;
        }
        boolean known = state.standing() == Standing.FAILING;
        state = new State(Standing.FAILING, how, false);
        if (!known) {
            LOG.warnf("The remote reranker %s %s; it takes no part until it answers", url, how);
        }
    }
}
