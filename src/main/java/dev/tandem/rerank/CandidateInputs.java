package dev.tandem.rerank;

import dev.tandem.model.Reading;
import dev.tandem.model.Span;
import dev.tandem.onnx.ModelInput;
import dev.tandem.rerank.Outcome.Reason;
import dev.tandem.rerank.Outcome.Scored;
import dev.tandem.rerank.Outcome.Skipped;
import java.util.ArrayList;
import java.util.List;

/** What the cross-encoder reads for one candidate, and what it said so far. For one thread. */
final class CandidateInputs {

    private final int index;
    private final int tokensIn;
    private final List<Part> parts = new ArrayList<>();
    private boolean computed;

    /** One input: the query and a part of the passage. */
    static final class Part {
        private final CandidateInputs candidate;
        private final Span span;
        private final ModelInput input;
        private float logit;
        private boolean known;

        private Part(CandidateInputs candidate, Span span, ModelInput input) {
            this.candidate = candidate;
            this.span = span;
            this.input = input;
        }

        CandidateInputs candidate() {
            return candidate;
        }

        ModelInput input() {
            return input;
        }

        /**
         * @param itsLogit from earlier; NaN if there is none
         */
        void recall(float itsLogit) {
            logit = itsLogit;
            known = !Float.isNaN(itsLogit);
        }

        /**
         * @param itsLogit NaN if the model gave it
         */
        void set(float itsLogit) {
            logit = itsLogit;
            known = true;
            candidate.computed = true;
        }
    }

    CandidateInputs(int index, int tokensIn) {
        this.index = index;
        this.tokensIn = tokensIn;
    }

    void add(Span span, ModelInput input) {
        parts.add(new Part(this, span, input));
    }

    /** Place in the order of the task. */
    int index() {
        return index;
    }

    List<Part> parts() {
        return parts;
    }

    /** Parts without a logit. */
    List<Part> unknown() {
        return parts.stream().filter(part -> !part.known).toList();
    }

    /** The outcome once every part has its logit. The first one of equal parts is the span. */
    Outcome outcome() {
        Part best = parts.getFirst();
        int used = 0;
        for (Part part : parts) {
            if (Float.isNaN(part.logit)) {
                return new Skipped(index, Reason.FAILED);
            }
            used += part.span.length();
            best = part.logit > best.logit ? part : best;
        }
        return new Scored(index, best.logit, new Reading(tokensIn, used, best.span), !computed);
    }
}
