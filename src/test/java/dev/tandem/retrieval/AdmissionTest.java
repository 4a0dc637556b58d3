package dev.tandem.retrieval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tandem.model.OverloadedException;
import dev.tandem.model.UnavailableException;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.helpers.test.UniAssertSubscriber;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class AdmissionTest {
    private final Admission admission = new Admission(2);
    private final CompletableFuture<String> result = new CompletableFuture<>();

    @Test
    void admit_asManyAsMayBe_refusesOneMoreAtOnce() {
        begin();
        begin();

        assertThatThrownBy(this::begin)
                .isInstanceOf(OverloadedException.class)
                .hasMessageContaining("2 requests are being answered")
                .hasMessageContaining("tandem.search.max-in-flight");
        assertThat(admission.inside()).isEqualTo(2);
    }

    @Test
    void admit_afterAnAnswer_letsTheNextIn() {
        begin();
        begin();
        result.complete("answer");

        assertThat(admission.inside()).isZero();
        begin();
    }

    @Test
    void admit_failedOrCancelled_letsTheNextIn() {
        var cancelled = admission.admit(() -> Uni.createFrom().nothing()).subscribe().with(_ -> {});
        begin();
        cancelled.cancel();
        assertThat(admission.inside()).isOne();
        result.completeExceptionally(new IllegalStateException("forced"));

        assertThat(admission.inside()).isZero();
    }

    /** As who takes the first of several answers does. */
    @Test
    void admit_cancelledAfterItsAnswer_countsItOnce() {
        result.complete("answer");
        var answered =
                admission
                        .admit(() -> Uni.createFrom().completionStage(result))
                        .subscribe()
                        .withSubscriber(UniAssertSubscriber.create())
                        .awaitItem();

        answered.cancel();

        assertThat(admission.inside()).isZero();
    }

    @Test
    void admit_workThatDoesNotBegin_countsNothing() {
        assertThatThrownBy(
                        () ->
                                admission.admit(
                                        () -> {
                                            throw new UnavailableException("forced", null);
                                        }))
                .isInstanceOf(UnavailableException.class);
        assertThat(admission.inside()).isZero();
    }

    @Test
    void admit_manyAtOnce_neverLetsMoreIn() {
        var most = new AtomicInteger();
        var inside = new AtomicInteger();
        try (var threads = Executors.newFixedThreadPool(8)) {
            for (int i = 0; i < 5_000; i++) {
                threads.execute(() -> tryOne(inside, most));
            }
        }

        assertThat(most).hasValueBetween(1, 2);
        assertThat(admission.inside()).isZero();
    }

    private void tryOne(AtomicInteger inside, AtomicInteger most) {
        try {
            admission
                    .admit(
                            () ->
                                    Uni.createFrom()
                                            .item(
                                                    () -> {
                                                        int now = inside.incrementAndGet();
                                                        most.accumulateAndGet(now, Math::max);
                                                        return inside.decrementAndGet();
                                                    }))
                    .subscribe()
                    .with(_ -> {});
        } catch (OverloadedException e) {
            Thread.onSpinWait();
        }
    }

    private void begin() {
        admission
                .admit(() -> Uni.createFrom().completionStage(result))
                .subscribe()
                .with(_ -> {}, _ -> {});
    }
}
