package dev.tandem.lambda;

import com.oracle.svm.core.annotate.Substitute;
import com.oracle.svm.core.annotate.TargetClass;
import io.quarkus.amazon.lambda.runtime.AbstractLambdaPollLoop;
import io.quarkus.runtime.ShutdownContext;

/**
 * In a native executable Funqy asks the Runtime API in any case: outside Lambda it stops the
 * application because there is none, and on Lambda it keeps to itself when an invocation ends.
 * {@link RuntimeClient} takes its place (ADR 24). Read by native-image only.
 */
@TargetClass(AbstractLambdaPollLoop.class)
final class QuarkusPollLoop {

    @Substitute
    public void startPollLoop(ShutdownContext context) {}
}
