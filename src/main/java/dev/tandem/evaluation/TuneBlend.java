package dev.tandem.evaluation;

import dev.tandem.evaluation.BlendTuning.Report;
import dev.tandem.evaluation.Judgements.Judged;
import dev.tandem.model.Budget;
import dev.tandem.model.LongPassages;
import dev.tandem.model.ModelException;
import dev.tandem.model.Order;
import dev.tandem.model.Query;
import dev.tandem.model.RerankOptions;
import dev.tandem.model.SearchResult;
import dev.tandem.onnx.CardFile;
import dev.tandem.onnx.ModelCard;
import dev.tandem.onnx.ModelCard.Blend;
import dev.tandem.retrieval.TwoStageRetriever;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.IntConsumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * {@code tandem evaluate --tune-blend}.
 *
 * @param folder of the cross-encoder
 * @param card of the cross-encoder
 * @param biEncoder name of the index's
 */
record TuneBlend(Path folder, ModelCard card, String biEncoder) {

    /**
     * What is read for each query.
     *
     * @param longPassages null for the index's own way, or the configured one
     */
    record Read(int candidates, @Nullable LongPassages longPassages) {}

    /** Scores all candidates of all queries, and fits. */
    Report run(TwoStageRetriever retriever, List<Judged> judged, Read read, IntConsumer done) {
        var options = new RerankOptions(read.longPassages(), Order.REPLACE, 0, false);
        List<ScoredQuery> scored = new ArrayList<>();
        for (Judged query : judged) {
            var all = new Query(query.text(), read.candidates(), read.candidates(), null, options);
            SearchResult result =
                    retriever
                            .search(all, Budget.of(Evaluation.NO_BUDGET, Evaluation.GRACE))
                            .await()
                            .indefinitely();
            scored.add(ScoredQuery.of(query, result.passages()));
            done.accept(scored.size());
        }
        return BlendTuning.tune(scored, current(), biEncoder);
    }

    /** As serving decides: weights hold for one bi-encoder. */
    private @Nullable Blend current() {
        Blend blend = card.blend();
        return blend != null && blend.biEncoder().equals(biEncoder) ? blend : null;
    }

    /**
     * Puts the weights into the card.
     *
     * @return the card's file
     * @throws ModelException if they are worse than those in use, or the card cannot be written
     */
    Path write(Report report) {
        Path file = folder.resolve(CardFile.NAME);
        if (report.high() < 0) {
            throw new ModelException(
                    "%s is left as it is: the fitted weights rank these queries worse than the ones in use (%+.4f, 95 %%: %+.4f to %+.4f)."
                            .formatted(file, report.difference(), report.low(), report.high()));
        }
        CardFile.setBlend(folder, report.blend());
        return file;
    }

    void print(PrintWriter out, Report report) {
        out.printf(
                "%,d queries, each ranked by weights fitted on the other %d of %d folds%n%n",
                report.queries(), report.folds() - 1, report.folds());
        out.printf("            %8s%n", "nDCG@10");
        out.printf("stage 1     %8.4f%n", report.stage1());
        out.printf("current     %8.4f  %s%n", report.current(), formula(report.before()));
        out.printf("tuned       %8.4f%n", report.tuned());
        out.printf(
                "difference  %+8.4f  95 %%: %+.4f to %+.4f, by paired bootstrap%n%n",
                report.difference(), report.low(), report.high());
        out.printf("weights     %s%n", formula(report.blend()));
        out.printf(
                "            fitted on all queries; similarity for each logit in the folds: %s%n%n",
                ratios(report));
        out.println(verdict(report));
        out.printf(
                "To set them: --write puts them into %s; or by hand%n  %s%n",
                folder.resolve(CardFile.NAME), CardFile.text(report.blend()));
    }

    private static String ratios(Report report) {
        return report.ratiosOfFolds().stream()
                .map(ratio -> "%.1f".formatted(ratio))
                .collect(Collectors.joining(", "));
    }

    private static String verdict(Report report) {
        if (report.low() > 0) {
            return "The fitted weights rank such queries better.";
        }
        return report.high() < 0
                ? "The fitted weights rank such queries worse. Keep the ones in use."
                : "The two cannot be told apart on these queries: more of them may tell. Keep the ones in use, unless scores are to be chances of relevance here.";
    }

    private static String formula(@Nullable Blend blend) {
        return blend == null
                ? "the cross-encoder alone"
                : "sigmoid(%s logit + %s similarity %s)"
                        .formatted(
                                plain(blend.logit()),
                                plain(blend.similarity()),
                                signed(blend.bias()));
    }

    private static String signed(double bias) {
        return (bias < 0 ? "- " : "+ ") + plain(Math.abs(bias));
    }

    private static String plain(double weight) {
        return weight == Math.rint(weight)
                ? String.format(Locale.ROOT, "%.0f", weight)
                : String.valueOf(weight);
    }
}
