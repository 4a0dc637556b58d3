package dev.tandem.bench;

import java.awt.BasicStroke;
import java.awt.Color;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * Draws what {@link BudgetCurve} wrote: nDCG@10 against the budget, and against the time in which 99
 * of 100 answers of a fixed depth are there, both of the queries for which both were measured.
 *
 * <pre>./mvnw -q -Pbench test-compile exec:exec -Dbench=BudgetFigure -Dbench.args="CURVE.csv docs/budget"</pre>
 */
public final class BudgetFigure {

    private static final double LONGEST_MILLIS = 1_000;
    private static final int DPI = 144;

    private BudgetFigure() {}

    /** Points of a line. */
    private record Line(List<Double> millis, List<Double> ndcg) {
        void add(double x, double y) {
            millis.add(x);
            ndcg.add(y);
        }

        static Line empty() {
            return new Line(new ArrayList<>(), new ArrayList<>());
        }
    }

    public static void main(String[] args) throws IOException {
        List<String[]> rows =
                Files.readAllLines(Path.of(args[0])).stream().map(row -> row.split(",", -1)).toList();
        var chart =
                new XYChartBuilder()
                        .width(760)
                        .height(420)
                        .xAxisTitle("milliseconds for the answer")
                        .yAxisTitle("nDCG@10")
                        .build();
        style(chart);
        Line planned = planned(rows);
        add(chart, "planned from the budget", planned, new Color(0x1f, 0x5f, 0xbf));
        add(chart, "fixed depth, by its p99", fixed(rows), new Color(0xc0, 0x5a, 0x1a));
        BitmapEncoder.saveBitmapWithDPI(chart, args[1], BitmapFormat.PNG, DPI);
    }

    private static Line planned(List<String[]> rows) {
        var byBudget = new TreeMap<Integer, List<Double>>();
        for (String[] row : rows) {
            if (row[0].equals("budget") && Boolean.parseBoolean(row[8])) {
                byBudget.computeIfAbsent(Integer.valueOf(row[1]), _ -> new ArrayList<>())
                        .add(Double.valueOf(row[6]));
            }
        }
        Line line = Line.empty();
        byBudget.forEach((budget, ndcg) -> line.add(budget, BudgetCurve.mean(ndcg)));
        return line;
    }

    private static Line fixed(List<String[]> rows) {
        Line line = Line.empty();
        for (String[] row : rows) {
            if (row[0].equals("fixed") && Double.parseDouble(row[3]) < LONGEST_MILLIS) {
                line.add(Double.parseDouble(row[3]), Double.parseDouble(row[4]));
            }
        }
        return line;
    }

    private static void add(XYChart chart, String name, Line line, Color color) {
        XYSeries series = chart.addSeries(name, line.millis(), line.ndcg());
        series.setMarker(SeriesMarkers.CIRCLE);
        series.setMarkerColor(color);
        series.setLineColor(color);
        series.setLineStyle(new BasicStroke(2));
    }

    private static void style(XYChart chart) {
        var styler = chart.getStyler();
        styler.setXAxisLogarithmic(true);
        styler.setXAxisMin(20.0);
        styler.setXAxisMax(LONGEST_MILLIS);
        styler.setLegendPosition(LegendPosition.InsideSE);
        styler.setChartBackgroundColor(Color.WHITE);
        styler.setPlotBorderVisible(false);
        styler.setMarkerSize(6);
        styler.setYAxisDecimalPattern("0.00");
    }
}
