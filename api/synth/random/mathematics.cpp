#include "api/synth/random/mathematics.h"

#include <cmath>

namespace ishi::synth {
namespace {

constexpr double kLogarithmOfTwo = 0.693147180559945309417232121458;

}  // namespace

double exponential(double x) {
  // e^x = 2^k * e^r with |r| <= ln2/2; ldexp and floor are exact.
  const double k = std::floor(x / kLogarithmOfTwo + 0.5);
  const double r = x - k * kLogarithmOfTwo;
  double term = 1.0, sum = 1.0;
  for (int n = 1; n <= 16; ++n) {
    term = term * r / n;
    sum += term;
  }
  return std::ldexp(sum, static_cast<int>(k));
}

double natural_logarithm(double x) {
  int power = 0;
  double mantissa = std::frexp(x, &power);  // in [0.5, 1)
  if (mantissa < 0.70710678118654752) {
    mantissa *= 2.0;
    --power;
  }
  // ln m = 2 artanh((m - 1) / (m + 1)), |argument| <= 0.172
  const double z = (mantissa - 1.0) / (mantissa + 1.0);
  const double square = z * z;
  double term = z, sum = z;
  for (int n = 3; n <= 25; n += 2) {
    term *= square;
    sum += term / n;
  }
  return 2.0 * sum + power * kLogarithmOfTwo;
}

double square_root(double x) {
  return std::sqrt(x);
}  // IEEE 754 rounds it correctly everywhere

double normal_quantile(double p) {
  // Rational approximations for the centre and the tails (P. J. Acklam), relative error 1.2e-9.
  constexpr double a[] = {-3.969683028665376e+01, 2.209460984245205e+02,  -2.759285104469687e+02,
                          1.383577518672690e+02,  -3.066479806614716e+01, 2.506628277459239e+00};
  constexpr double b[] = {-5.447609879822406e+01, 1.615858368580409e+02, -1.556989798598866e+02, 6.680131188771972e+01,
                          -1.328068155288572e+01};
  constexpr double c[] = {-7.784894002430293e-03, -3.223964580411365e-01, -2.400758277161838e+00,
                          -2.549732539343734e+00, 4.374664141464968e+00,  2.938163982698783e+00};
  constexpr double d[] = {7.784695709041462e-03, 3.224671290700398e-01, 2.445134137142996e+00, 3.754408661907416e+00};
  constexpr double kTail = 0.02425;
  const auto tail = [&](double probability) {
    const double q = square_root(-2.0 * natural_logarithm(probability));
    return (((((c[0] * q + c[1]) * q + c[2]) * q + c[3]) * q + c[4]) * q + c[5]) /
           ((((d[0] * q + d[1]) * q + d[2]) * q + d[3]) * q + 1.0);
  };
  if (p < kTail) return tail(p);
  if (p > 1.0 - kTail) return -tail(1.0 - p);
  const double q = p - 0.5, r = q * q;
  return (((((a[0] * r + a[1]) * r + a[2]) * r + a[3]) * r + a[4]) * r + a[5]) * q /
         (((((b[0] * r + b[1]) * r + b[2]) * r + b[3]) * r + b[4]) * r + 1.0);
}

}  // namespace ishi::synth
