package dev.anneal.features;

import java.math.BigDecimal;
import java.math.MathContext;

/// Statistics of a run of values in exact arithmetic. Sums go on with the rows; only the quotients
/// and the root at the end are rounded, to 34 digits.
final class ExactMoments {
  private BigDecimal count = BigDecimal.ZERO;
  private BigDecimal sum = BigDecimal.ZERO;
  private BigDecimal squares = BigDecimal.ZERO;
  private BigDecimal times = BigDecimal.ZERO;
  private BigDecimal timeSquares = BigDecimal.ZERO;
  private BigDecimal products = BigDecimal.ZERO;

  void add(double value, long micros) {
    change(value, micros, BigDecimal.ONE);
  }

  void remove(double value, long micros) {
    change(value, micros, BigDecimal.ONE.negate());
  }

  private void change(double value, long micros, BigDecimal sign) {
    var v = new BigDecimal(value);
    var t = BigDecimal.valueOf(micros, 6);
    count = count.add(sign);
    sum = sum.add(v.multiply(sign));
    squares = squares.add(v.multiply(v).multiply(sign));
    times = times.add(t.multiply(sign));
    timeSquares = timeSquares.add(t.multiply(t).multiply(sign));
    products = products.add(t.multiply(v).multiply(sign));
  }

  double mean() {
    return sum.divide(count, MathContext.DECIMAL128).doubleValue();
  }

  double std() {
    return count
        .multiply(squares)
        .subtract(sum.multiply(sum))
        .divide(count.multiply(count), MathContext.DECIMAL128)
        .sqrt(MathContext.DECIMAL128)
        .doubleValue();
  }

  double slope() {
    return count
        .multiply(products)
        .subtract(times.multiply(sum))
        .divide(count.multiply(timeSquares).subtract(times.multiply(times)), MathContext.DECIMAL128)
        .doubleValue();
  }
}
